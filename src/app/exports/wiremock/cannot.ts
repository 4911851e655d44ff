/** What of a mock WireMock cannot say. Places are below the mock: `['request', 'query', 'page']`. */

export type At = readonly (string | number)[]
export type Fields = Readonly<Record<string, unknown>>

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

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isOperators = (value: unknown): value is Fields =>
  isFields(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => key.startsWith('$'))
