/** Which field a path of a document leads to. */
import type { DocumentPath, FieldPlace } from '../schema.ts'
import { defaultOf, documentName, isImplicit, isType, isWellKnown } from './document.ts'
import type { Field, Type } from './protobuf.ts'

/** undefined: the definitions have none there. What lies in a Struct or an Any has no definition. */
export const fieldAt = (type: Type, path: DocumentPath): FieldPlace | undefined => {
  const names: (string | number)[] = []
  let within: Type | undefined = type
  let at: { readonly field: Field; readonly inside: boolean } | undefined
  for (const step of path) {
    if (at !== undefined && !at.inside && (at.field.map || at.field.repeated)) {
      // One of its values.
      at = { field: at.field, inside: true }
      names.push(step)
      continue
    }
    const field: Field | undefined = within === undefined ? undefined : named(within, step)
    if (field === undefined) return undefined
    at = { field, inside: false }
    names.push(field.protoName)
    within = isType(field.resolvedType) && !isWellKnown(field.resolvedType) ? field.resolvedType : undefined
  }
  if (at === undefined) return undefined
  const { field, inside } = at
  const silent = !inside && !field.map && !field.repeated && isImplicit(field)
  return { path: names, map: field.map && !inside, unset: silent ? defaultOf(field) : undefined }
}

const named = (type: Type, step: string | number): Field | undefined =>
  type.fieldsArray.find((field) => documentName(field.resolve()) === step)
