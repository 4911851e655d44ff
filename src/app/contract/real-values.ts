/** Fakes in what a mock asks for, and the real values that take their place on the way to a real service. */

/** Fakes of `$masked`; `isReplaced`: sections of the request whose values come from elsewhere. */
export const fakesIn = (spec: unknown, isReplaced: (section: string) => boolean): readonly string[] =>
  Object.entries((spec ?? {}) as Readonly<Record<string, unknown>>).flatMap(([section, part]) =>
    isReplaced(section) ? [] : masked(part),
  )

const masked = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$masked' ? [String((member as { readonly value?: unknown }).value)] : masked(member),
  )
}

export type RealFor = (text: string, encode?: (text: string) => string) => string

/** `encode`: how values stand in the text. */
export const realFor =
  (values: ReadonlyMap<string, string>): RealFor =>
  (text, encode = (plain) => plain) => {
    let result = text
    for (const [fake, real] of values) result = result.replaceAll(encode(fake), () => encode(real))
    return result
  }

/** The same in all texts and numbers of a document. */
export const realDocument = (document: unknown, values: ReadonlyMap<string, string>): unknown => {
  if (values.size === 0) return document
  if (typeof document === 'string') return realFor(values)(document)
  if (typeof document === 'number' || typeof document === 'bigint') {
    const real = values.get(String(document))
    return real === undefined ? document : /^-?\d+$/.test(real) ? BigInt(real) : real
  }
  if (Array.isArray(document)) return document.map((one) => realDocument(one, values))
  if (typeof document !== 'object' || document === null) return document
  return Object.fromEntries(Object.entries(document).map(([key, one]) => [key, realDocument(one, values)]))
}
