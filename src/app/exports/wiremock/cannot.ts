/** What of a mock WireMock cannot say. Places are below the mock: `['request', 'query', 'page']`. */
import { type Fields, isFields } from '../../../core/fields.ts'

export type At = readonly (string | number)[]

/** Thrown: no stub can be made of this mock. */
export class CannotSay extends Error {
  readonly at: At

  constructor(why: string, at: At) {
    super(why)
    this.at = at
  }
}

/** What a stub says otherwise. */
export class Otherwise {
  readonly notes: { readonly text: string; readonly at: At }[] = []

  say(text: string, at: At): void {
    this.notes.push({ text, at })
  }
}

export const isOperators = (value: unknown): value is Fields =>
  isFields(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => key.startsWith('$'))
