/** Headers that belong to one connection and end at a proxy (RFC 9110 section 7.6.1). */
import type { Metadata } from '../../core/metadata.ts'

export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** One bit for each length of a name: nearly every header is told apart by it. */
const lengths = [...hopByHop, 'expect'].reduce((bits, name) => bits | (1 << name.length), 0)

/**
 * Whether a header is not passed on. `expect` has been answered by us: the body is on its way. An Upgrade's own two
 * pass, because the next server is asked the same.
 */
export const endsAtProxy = (name: string, upgrade: boolean): boolean => {
  if (name.length > 31 || (lengths & (1 << name.length)) === 0) return false
  const lower = name.toLowerCase()
  if (upgrade && (lower === 'connection' || lower === 'upgrade')) return false
  return hopByHop.has(lower) || lower === 'expect'
}

/**
 * The transfer coding of a message that goes on in chunks: others under `chunked` (RFC 9112 section 6.1) are not undone
 * here, so the next one must be told of them.
 */
export const passedCoding = (values: readonly string[]): string =>
  [...codingsUnderChunks(values), 'chunked'].join(', ')

/** The other codings, in the order in which they were applied. `values`: of all `transfer-encoding` headers. */
export const codingsUnderChunks = (values: readonly string[]): readonly string[] =>
  values
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && !/^chunked$/i.test(coding))

/** Names that `connection` adds to the list for this message. */
export const namedByConnection = (headers: Metadata): ReadonlySet<string> | undefined => {
  let named: Set<string> | undefined
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length !== 10 || headers[i]!.toLowerCase() !== 'connection') continue
    for (const token of headers[i + 1]!.split(',')) {
      const name = token.trim().toLowerCase()
      if (name === 'close' || name === 'keep-alive' || name === '') continue
      named ??= new Set()
      named.add(name)
    }
  }
  return named
}
