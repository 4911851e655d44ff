/** JSON Pointer (RFC 6901): `/a/0/b~1c`. */
import { SpecError } from '../core/matcher.ts'
import { isSecretName, maskedIfSecret, shown } from '../core/secrets.ts'

export type Pointer = readonly string[]

/** Throws SpecError. */
export const parsePointer = (text: unknown): Pointer => {
  if (typeof text !== 'string') throw new SpecError('a place is a text such as /items/0/price')
  if (text === '') return []
  if (!text.startsWith('/')) {
    const guess = text.replace(/^\$?\.?/, '').replaceAll(/[.[]/g, '/')
    throw new SpecError(
      `${JSON.stringify(text)} is no JSON Pointer: it must begin with /`,
      [],
      `did you mean /${guess.replaceAll(']', '')}?`,
    )
  }
  if (/~(?![01])/.test(text))
    throw new SpecError(
      `~ alone has no meaning in ${JSON.stringify(text)}`,
      [],
      'write ~0 for ~ and ~1 for /',
    )
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export const pointerText = (pointer: Pointer): string =>
  pointer.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** What stands at a place, for people: hidden altogether below a name that says secret. */
export const shownAt = (pointer: Pointer, value: unknown): string =>
  maskedIfSecret(pointer.find(isSecretName) ?? '', shown(value))
