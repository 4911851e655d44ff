/** What a script's `forward()` gives: a real reply, read whole and without its codings. */
import { SvcMockError } from '../../core/errors.ts'
import type { Reply } from '../../core/reply.ts'
import { codingsOf, decompress } from './content-coding.ts'
import { responseValue } from './script-values.ts'

const maxForwardedBytes = 10 * 1024 * 1024

export const replyValue = async (reply: Reply): Promise<unknown> => {
  if (reply.kind !== 'single' && reply.kind !== 'stream') return { status: 502 }
  const raw = reply.kind === 'single' ? (reply.body ?? new Uint8Array(0)) : await collect(reply)
  const plain = decompress(raw, codingsOf(reply.metadata), maxForwardedBytes)
  if (!plain.ok) throw new SvcMockError('SCRIPT_ERROR', `forward(): ${plain.problem}`)
  const bytes = plain.value
  return responseValue(reply.status, reply.metadata, bytes)
}

const collect = ({ source }: Extract<Reply, { kind: 'stream' }>): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    let size = 0
    source.pipe({
      message: (bytes) => {
        size += bytes.length
        if (size > maxForwardedBytes) {
          source.cancel()
          reject(new SvcMockError('SCRIPT_ERROR', 'forward(): the real reply has more than 10 MB'))
          return false
        }
        parts.push(bytes)
        return true
      },
      end: () => resolve(Buffer.concat(parts)),
      fail: reject,
    })
  })
