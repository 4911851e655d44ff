/** JSON Patch (RFC 6902), on the text. All operations apply, or none. */
import { parseJson, stringifyJson } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import { type DocumentPatch, PatchFailure } from '../core/patch.ts'
import { type Pointer, parsePointer, pointerText, shownAt } from './pointer.ts'
import { sameJson } from './same-json.ts'
import { JsonNode, splice } from './splice.ts'

interface Place {
  readonly path: Pointer
  /** `operation 2, replace /a/b`: how a failure begins. */
  readonly label: string
}

/** One operation at work: the new root. */
type Step = (root: JsonNode) => JsonNode

export const operationNames = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const

/** Throws SpecError. Members that the RFC does not know are ignored, as its section 4 asks. */
export const jsonPatch = (spec: readonly unknown[]): DocumentPatch => {
  const steps = spec.map((operation, i) => {
    try {
      return compileStep(operation, i)
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      throw new SpecError(error.message, [i, ...error.path], error.hint, error.onKey)
    }
  })
  return {
    of: 'json',
    apply: (text) => splice(text, (root) => steps.reduce((node, step) => step(node), root)),
    describe: () => (steps.length === 1 ? '1 operation' : `${steps.length} operations`),
  }
}

const compileStep = (operation: unknown, i: number): Step => {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
    throw new SpecError(
      'an operation of JSON Patch is an object',
      [],
      "as { op: replace, path: '/a', value: 1 }",
    )
  }
  const spec = operation as Readonly<Record<string, unknown>>
  const { op } = spec
  const path = pointerAt(spec, 'path')
  const place: Place = { path, label: `operation ${i + 1}, ${String(op)} ${pointerText(path)}` }
  switch (op) {
    case 'add': {
      const text = valueText(spec)
      return (root) => add(root, place, new JsonNode(text))
    }
    case 'replace': {
      const text = valueText(spec)
      return (root) => replace(root, place, new JsonNode(text))
    }
    case 'test': {
      const parsed = parseJson(valueText(spec))
      return (root) => test(root, place, parsed.ok ? parsed.value : undefined)
    }
    case 'remove':
      if (path.length === 0) throw new SpecError('the whole document cannot be removed', ['path'])
      return (root) => remove(root, place)
    case 'copy': {
      const from = { path: pointerAt(spec, 'from'), label: place.label }
      // By text: the two must not change together afterwards.
      return (root) => add(root, place, new JsonNode(find(root, from).text()))
    }
    case 'move': {
      const from = { path: pointerAt(spec, 'from'), label: place.label }
      if (from.path.length < path.length && from.path.every((step, n) => step === path[n]))
        throw new SpecError('a value cannot be moved into itself', ['from'])
      return (root) => {
        const value = find(root, from)
        return from.path.length === 0 ? value : add(remove(root, from), place, value)
      }
    }
    default:
      throw new SpecError(
        `${JSON.stringify(op)} is no operation of JSON Patch`,
        op === undefined ? [] : ['op'],
        `known: ${operationNames.join(', ')}`,
      )
  }
}

const pointerAt = (spec: Readonly<Record<string, unknown>>, key: 'path' | 'from'): Pointer => {
  if (spec[key] === undefined) throw new SpecError(`${key} is missing`, [], `add ${key}: /…`)
  try {
    return parsePointer(spec[key])
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(error.message, [key], error.hint)
    throw error
  }
}

const valueText = (spec: Readonly<Record<string, unknown>>): string => {
  if (!Object.hasOwn(spec, 'value') || spec['value'] === undefined)
    throw new SpecError('value is missing', [], 'add value: …; null is a value too')
  return stringifyJson(spec['value'])
}

const index = /^(?:0|[1-9]\d*)$/

/** The value at a place. Throws PatchFailure. */
const find = (root: JsonNode, place: Place): JsonNode => {
  let node = root
  for (let depth = 0; depth < place.path.length; depth++) {
    const next = childOf(node, place.path[depth]!)
    if (next === undefined) throw missing(node, place, depth)
    node = next
  }
  return node
}

const childOf = (node: JsonNode, step: string): JsonNode | undefined => {
  if (node.kind === 'object') return node.member(step)
  return node.kind === 'list' && index.test(step) ? node.item(Number(step)) : undefined
}

/** The container that holds the place, and the place's last step. */
const holder = (root: JsonNode, { path, label }: Place): { node: JsonNode; step: string } => ({
  node: find(root, { path: path.slice(0, -1), label }),
  step: path.at(-1)!,
})

const add = (root: JsonNode, place: Place, value: JsonNode): JsonNode => {
  if (place.path.length === 0) return value
  const { node, step } = holder(root, place)
  if (node.kind === 'object') node.setMember(step, value)
  else if (node.kind === 'list') {
    const at = step === '-' ? node.length : index.test(step) ? Number(step) : Number.NaN
    if (!(at <= node.length)) throw missing(node, place, place.path.length - 1)
    node.insertItem(at, value)
  } else throw missing(node, place, place.path.length - 1)
  return root
}

const replace = (root: JsonNode, place: Place, value: JsonNode): JsonNode => {
  if (place.path.length === 0) return value
  find(root, place)
  const { node, step } = holder(root, place)
  if (node.kind === 'object') node.setMember(step, value)
  else node.setItem(Number(step), value)
  return root
}

const remove = (root: JsonNode, place: Place): JsonNode => {
  find(root, place)
  const { node, step } = holder(root, place)
  if (node.kind === 'object') node.removeMember(step)
  else node.removeItem(Number(step))
  return root
}

const test = (root: JsonNode, place: Place, expected: unknown): JsonNode => {
  const actual = find(root, place).value()
  if (sameJson(actual, expected)) return root
  throw new PatchFailure(
    `${place.label}: another value is there`,
    pointerText(place.path),
    shownAt(place.path, actual),
  )
}

/** `depth`: the step of the path that leads nowhere from `node`. */
const missing = (node: JsonNode, { path, label }: Place, depth: number): PatchFailure => {
  const above = path.slice(0, depth)
  const where = above.length === 0 ? 'the document' : pointerText(above)
  const step = JSON.stringify(path[depth])
  const why =
    node.kind === 'object'
      ? `has no member ${step}`
      : node.kind === 'list'
        ? `is a list of ${node.length}, without item ${step}`
        : 'is neither an object nor a list'
  return new PatchFailure(
    `${label}: ${where} ${why}`,
    pointerText(path.slice(0, depth + 1)),
    shownAt(above, node.value()),
  )
}
