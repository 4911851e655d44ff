/** A file that a contract refers to on another machine, when that is allowed: over HTTP, within ten seconds, up to 32 MB. */
import { maxSpecBytes } from '../../contract/formats/openapi/document.ts'

const timeoutMs = 10_000

/** Rejects with why it cannot be had. */
export const fetchRef = async (url: string): Promise<string> => {
  if (!/^https?:\/\//i.test(url)) throw new Error('only http and https are fetched')
  const reply = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  if (!reply.ok) throw new Error(`the answer was ${reply.status}`)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of reply.body ?? []) {
    size += part.length
    if (size > maxSpecBytes) throw new Error('it has more than 32 MB')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
