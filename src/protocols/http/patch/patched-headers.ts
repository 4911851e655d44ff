/**
 * A reply's headers after its body was changed. Lengths and digests are made anew. `etag` is dropped and not
 * weakened: the same real entity changes its patched form whenever the mock file is saved, and a cache that
 * revalidated would keep the old one. Trailers and ranges belonged to the real bytes.
 */
import type { Metadata } from '../../../core/metadata.ts'
import type { PatchedBody } from './body-patch.ts'
import { digestHeaders, newDigest } from './digests.ts'

const dropped: ReadonlySet<string> = new Set([
  'etag',
  'transfer-encoding',
  'content-md5',
  'trailer',
  'accept-ranges',
  'content-range',
])

/** `bytes` undefined: a reply to HEAD, whose body nobody has made. */
export const patchedHeaders = (
  headers: Metadata,
  { bytes, coding }: { readonly bytes: Uint8Array | undefined; readonly coding: PatchedBody['coding'] },
): string[] => {
  const changed: string[] = []
  let length = bytes === undefined ? undefined : String(bytes.length)
  let encoding: string | undefined = coding
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    const lower = name.toLowerCase()
    if (dropped.has(lower)) continue
    if (lower === 'content-length') {
      if (length !== undefined) changed.push(name, length)
      length = undefined
    } else if (lower === 'content-encoding') {
      if (encoding !== undefined) changed.push(name, encoding)
      encoding = undefined
    } else if (digestHeaders.has(lower)) {
      const digest = bytes === undefined ? undefined : newDigest(lower, headers[i + 1]!, bytes)
      if (digest !== undefined) changed.push(name, digest)
    } else changed.push(name, headers[i + 1]!)
  }
  if (encoding !== undefined) changed.push('content-encoding', encoding)
  if (length !== undefined) changed.push('content-length', length)
  return changed
}

const ofBody: ReadonlySet<string> = new Set(['content-length', 'trailer', 'transfer-encoding'])

/** For a reply that loses its body with its status, or never had one and now must say so. */
export const withoutBody = (headers: Metadata, length: '0' | undefined): string[] => {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const lower = headers[i]!.toLowerCase()
    if (ofBody.has(lower) || digestHeaders.has(lower)) continue
    kept.push(headers[i]!, headers[i + 1]!)
  }
  return length === undefined ? kept : [...kept, 'content-length', length]
}

/**
 * What would make the real service send something else than the whole entity, in a form that we can read:
 * ranges and conditions (RFC 9110 sections 13.1 and 14.2). Those of writes, `if-match` and `if-unmodified-since`, stay.
 */
const unasked: ReadonlySet<string> = new Set(['range', 'if-range', 'if-none-match', 'if-modified-since'])

/** The headers to ask with; undefined: the client's own will do. */
export const askingHeaders = (headers: Metadata, codings: string | undefined): string[] | undefined => {
  let changed = codings !== undefined
  for (let i = 0; i < headers.length && !changed; i += 2) changed = unasked.has(headers[i]!.toLowerCase())
  if (!changed) return undefined
  const kept: string[] = []
  let given = codings
  for (let i = 0; i < headers.length; i += 2) {
    const lower = headers[i]!.toLowerCase()
    if (unasked.has(lower)) continue
    if (lower !== 'accept-encoding' || codings === undefined) kept.push(headers[i]!, headers[i + 1]!)
    else if (given !== undefined) {
      kept.push(headers[i]!, given)
      given = undefined
    }
  }
  return kept
}
