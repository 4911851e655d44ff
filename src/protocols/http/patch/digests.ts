/**
 * Digest headers of a body that was changed: `content-digest`, `repr-digest` (RFC 9530) and the older `digest`
 * (RFC 3230). All three are over the body as it is sent, content coding included.
 */
import { hash } from 'node:crypto'

const algorithms: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' }

export const digestHeaders: ReadonlySet<string> = new Set(['content-digest', 'repr-digest', 'digest'])

/** The header's new value, in the algorithms it used and that we know; undefined: none of them, leave it out. */
export const newDigest = (name: string, value: string, body: Uint8Array): string | undefined => {
  const used = value.split(',').map((part) => part.split('=')[0]!.trim())
  const digests = used.flatMap((algorithm) => {
    const known = algorithms[algorithm.toLowerCase()]
    if (known === undefined) return []
    const digest = hash(known, body, 'base64')
    return [name === 'digest' ? `${algorithm}=${digest}` : `${algorithm}=:${digest}:`]
  })
  return digests.length === 0 ? undefined : digests.join(', ')
}
