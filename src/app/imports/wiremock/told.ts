/** What a reader of stubs has to say besides mocks: what is said otherwise, and why a stub cannot be said at all. */
import { type Fields, isFields } from '../../../core/fields.ts'

/** Where something stands in the stub: keys and positions from its root. */
export type At = readonly (string | number)[]

/** Thrown: no mock can be made of this stub. */
export class NotPossible extends Error {
  readonly at: At

  constructor(why: string, at: At) {
    super(why)
    this.at = at
  }
}

export interface Said {
  readonly text: string
  readonly at: At
}

/** Collects what one stub's mock says otherwise. */
export class Told {
  readonly changes: Said[] = []

  changed(text: string, at: At): void {
    if (!this.changes.some((one) => one.text === text && one.at.join() === at.join()))
      this.changes.push({ text, at })
  }
}

/** Throws NotPossible. */
export const fieldsOf = (value: unknown, at: At): Fields => {
  if (isFields(value)) return value
  throw new NotPossible(`${last(at)} is no object`, at)
}

/** Throws NotPossible. */
export const listOf = (value: unknown, at: At): readonly unknown[] => {
  if (Array.isArray(value)) return value
  throw new NotPossible(`${last(at)} is no list`, at)
}

/** A text; numbers and booleans are taken by their text, as Jackson does. Throws NotPossible. */
export const textOf = (value: unknown, at: At): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  throw new NotPossible(`${last(at)} is no text`, at)
}

const last = (at: At): string => String(at.at(-1) ?? 'the stub')
