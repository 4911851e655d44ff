/** Which content coding a client likes best (RFC 9110 section 12.5.3). */
import { allValues, type Metadata } from '../../../core/metadata.ts'
import { isKnownCoding } from '../content-coding.ts'

/** Codings we can write, the usual first; `identity` is no coding at all. */
const writable = ['gzip', 'br', 'zstd', 'deflate'] as const

export type Coding = (typeof writable)[number]

/** Weights by lower-case name; undefined: the client does not say. */
export const acceptedCodings = (headers: Metadata): ReadonlyMap<string, number> | undefined => {
  const values = allValues(headers, 'accept-encoding')
  if (values.length === 0) return undefined
  const weights = new Map<string, number>()
  for (const entry of values.join(',').split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
    if (name === '') continue
    const q = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '')
    const weight = q === undefined ? 1 : Number(q)
    // A weight that is none says nothing about how much; the name was still given.
    weights.set(name === 'x-gzip' ? 'gzip' : name, Number.isNaN(weight) ? 1 : weight)
  }
  return weights
}

/**
 * For a reply that came in `coding` (undefined: plain). What came plain goes plain unless the client refuses that;
 * what came encoded goes in the coding of the highest weight, among equals in the one it came in. Plain where nothing
 * is accepted: a client that cannot read that would be no better off with 406.
 */
export const chooseCoding = (headers: Metadata, coding: string | undefined): Coding | undefined => {
  const weights = acceptedCodings(headers)
  if (weights === undefined) return undefined
  const any = weights.get('*') ?? 0
  const plain = weights.get('identity') ?? (weights.get('*') === 0 ? 0 : undefined)
  if (coding === undefined && plain !== 0) return undefined
  const own = coding === 'x-gzip' ? 'gzip' : coding
  let best: Coding | undefined
  let bestWeight = plain ?? 0
  for (const name of writable) {
    const weight = weights.get(name) ?? any
    if (weight > bestWeight || (weight === bestWeight && weight > 0 && name === own)) {
      best = name
      bestWeight = weight
    }
  }
  return best
}

/** Without codings that we could not undo; undefined where there is nothing to leave out. */
export const readableCodings = (headers: Metadata): string | undefined => {
  const values = allValues(headers, 'accept-encoding')
  if (values.length === 0) return undefined
  const entries = values.join(',').split(',')
  const kept = entries.filter((entry) => {
    const name = entry.split(';')[0]!.trim().toLowerCase()
    return name === '*' || name === '' || isKnownCoding(name)
  })
  return kept.length === entries.length ? undefined : kept.join(',').trim() || 'identity'
}
