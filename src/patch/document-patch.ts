/**
 * What stands under `patch.body` becomes a patch. A list is JSON Patch, an object is a merge patch, and an object
 * whose keys begin with `$` is an operator, as everywhere in mock files; below `$merge` keys are literal.
 */
import { SpecError } from '../core/matcher.ts'
import type { DocumentPatch } from '../core/patch.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { type Replacer, replaceText } from './replace-text.ts'

export const operators: readonly string[] = ['$merge', '$replace']

/** Throws SpecError, its path from the spec's root. */
export const documentPatch = (spec: unknown, replacer: Replacer): DocumentPatch => {
  if (Array.isArray(spec)) return listed(spec)
  if (typeof spec !== 'object' || spec === null) {
    throw new SpecError(
      'a patch of the body is an object (JSON merge patch), a list (JSON Patch) or { $replace: … }',
      [],
      'the whole document is replaced with { $merge: <value> }, or answer from a mock with response',
    )
  }
  const keys = Object.keys(spec)
  const dollar = keys.find((key) => key.startsWith('$'))
  if (dollar === undefined) {
    refuseDollar(spec, [])
    return mergePatch(spec)
  }
  if (keys.length > 1) {
    const plain = keys.every((key) => operators.includes(key))
      ? 'one operator only'
      : 'nothing else beside it'
    throw new SpecError(`${dollar} allows ${plain}`, [keys.find((key) => key !== dollar)!], literal, true)
  }
  const operand = (spec as Readonly<Record<string, unknown>>)[dollar]
  if (dollar === '$merge') return mergePatch(operand)
  if (dollar === '$replace') return below(['$replace'], () => replaceText(operand, replacer))
  throw new SpecError(
    `unknown operator ${dollar}`,
    [dollar],
    `known: ${operators.join(', ')}; ${literal}`,
    true,
  )
}

const literal = 'keys that begin with $ are literal below $merge: body: { $merge: { $id: 1 } }'

const operationKeys: readonly string[] = ['op', 'path', 'value', 'from']

/** Stricter than the RFC: an unknown key in a mock file is a mistake. */
const listed = (spec: readonly unknown[]): DocumentPatch => {
  const patch = jsonPatch(spec)
  spec.forEach((operation, i) => {
    for (const key of Object.keys(operation as object)) {
      if (!operationKeys.includes(key))
        throw new SpecError(`unknown key "${key}"`, [i, key], `known here: ${operationKeys.join(', ')}`, true)
    }
  })
  return patch
}

const refuseDollar = (value: unknown, path: readonly (string | number)[]): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, child] of Object.entries(value)) {
    if (key.startsWith('$')) throw new SpecError(`${key} is no operator here`, [...path, key], literal, true)
    refuseDollar(child, [...path, key])
  }
}

const below = <T>(path: readonly string[], work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new SpecError(error.message, [...path, ...error.path], error.hint, error.onKey, error.code)
  }
}
