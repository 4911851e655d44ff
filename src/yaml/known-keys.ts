/** Which keys a schema knows at a place, so that an unknown one can be answered with the nearest. */
import type { ZodType } from 'zod'

/** The parts of zod's definitions that are walked here. */
interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, ZodType>>
  readonly element?: ZodType
  readonly valueType?: ZodType
  readonly innerType?: ZodType
  readonly options?: readonly ZodType[]
  readonly left?: ZodType
  readonly right?: ZodType
  readonly in?: ZodType
  readonly out?: ZodType
  readonly getter?: () => ZodType
}

export const knownKeys = (schema: ZodType, path: readonly PropertyKey[]): readonly string[] => {
  const keys = new Set<string>()
  for (const found of schemasAt(schema, path, 0)) {
    for (const key of Object.keys(definitionOf(found).shape ?? {})) keys.add(key)
  }
  return [...keys]
}

/** Every object or other plain schema that may describe the value at `path`; several below unions. */
const schemasAt = (schema: ZodType, path: readonly PropertyKey[], depth: number): readonly ZodType[] => {
  if (depth > 64) return []
  const definition = definitionOf(schema)
  const inner = unwrap(definition)
  if (inner.length > 0) return inner.flatMap((one) => schemasAt(one, path, depth + 1))
  const [step, ...rest] = path
  if (step === undefined) return [schema]
  const shape = definition.shape
  const own = shape !== undefined && Object.hasOwn(shape, step) ? shape[String(step)] : undefined
  const child = own ?? definition.element ?? definition.valueType
  return child === undefined ? [] : schemasAt(child, rest, depth + 1)
}

const unwrap = (definition: Definition): readonly ZodType[] => {
  switch (definition.type) {
    case 'union':
      return definition.options ?? []
    case 'intersection':
      return [definition.left!, definition.right!]
    case 'lazy':
      return [definition.getter!()]
    case 'pipe':
      return [definition.in!, definition.out!]
    default:
      return definition.innerType === undefined ? [] : [definition.innerType]
  }
}

const definitionOf = (schema: ZodType): Definition => schema._zod.def as unknown as Definition
