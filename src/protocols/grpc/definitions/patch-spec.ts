/** A patch of a message, checked against its type and put into the words of its document. */
import { isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { documentName, isType, isWellKnown } from './document.ts'
import { fieldNamed, literalField, literalMessage, literalSingle } from './literal.ts'
import type { Field, Type } from './protobuf.ts'

/** Merge patch, JSON Patch, `$merge` or `$replace`. Throws SpecError. */
export const patchOf = (type: Type, spec: unknown): unknown => {
  if (Array.isArray(spec))
    return collectMistakes(spec.map((one, i) => () => within([i], () => operation(type, one))))
  if (!isFields(spec)) return spec
  if (Object.keys(spec).some((key) => key.startsWith('$'))) {
    const { $merge } = spec
    return $merge === undefined ? spec : { ...spec, $merge: within(['$merge'], () => merge(type, $merge)) }
  }
  return merge(type, spec)
}

/** null removes; another member of a oneof goes when one is set. */
const merge = (type: Type, spec: unknown): unknown => {
  if (!isFields(spec) || isWellKnown(type)) return literalMessage(type, spec)
  const merged: Record<string, unknown> = {}
  collectMistakes(
    Object.entries(spec).map(
      ([key, value]) =>
        () =>
          within([key], () => {
            const field = fieldNamed(type, key)
            if (value === null) {
              merged[documentName(field)] = null
              return
            }
            for (const other of siblings(field)) merged[documentName(other)] ??= null
            merged[documentName(field)] = mergedField(field, value)
          }),
    ),
  )
  return merged
}

const siblings = (field: Field): readonly Field[] =>
  (field.partOf?.fieldsArray ?? []).filter((other) => other !== field)

const mergedField = (field: Field, value: unknown): unknown => {
  const message = isType(field.resolvedType) ? field.resolvedType : undefined
  if (field.map && isFields(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        one === null
          ? null
          : within([key], () => (message === undefined ? literalSingle(field, one) : merge(message, one))),
      ]),
    )
  if (field.repeated || message === undefined) return literalField(field, value)
  return merge(message, value)
}

const operation = (type: Type, spec: unknown): unknown => {
  if (!isFields(spec)) return spec
  const changed: Record<string, unknown> = { ...spec }
  for (const key of ['path', 'from'] as const) {
    const pointer = spec[key]
    if (typeof pointer === 'string') changed[key] = within([key], () => documentPointer(type, pointer))
  }
  return changed
}

/** Names in a JSON Pointer (RFC 6901) may be written as in the .proto file. */
const documentPointer = (type: Type, pointer: string): string => {
  const steps = pointer.split('/').slice(1)
  const written: string[] = []
  let at: Type | undefined = type
  let inside: Field | undefined
  for (const step of steps) {
    if (inside !== undefined) {
      // A position in a list, or a key of a map.
      at = isType(inside.resolvedType) ? inside.resolvedType : undefined
      inside = undefined
      written.push(step)
      continue
    }
    if (at === undefined || isWellKnown(at)) {
      at = undefined
      written.push(step)
      continue
    }
    const field = fieldAt(at, step)
    written.push(documentName(field))
    inside = field.repeated || field.map ? field : undefined
    at = isType(field.resolvedType) ? field.resolvedType : undefined
  }
  return pointer === '' ? '' : `/${written.join('/')}`
}

const fieldAt = (type: Type, step: string): Field => {
  try {
    return fieldNamed(type, step.replaceAll('~1', '/').replaceAll('~0', '~'))
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new SpecError(error.message, error.path, error.hint)
  }
}
