/** A Reply as plain data. */
import type { Source } from '../core/body.ts'
import type { Metadata } from '../core/metadata.ts'
import type { Reply, SingleReply, StreamReply } from '../core/reply.ts'
import { bodiless } from '../protocols/http/constant-reply.ts'
import type { EngineFault, EngineReply, HeaderList } from './exchange.ts'

/** `done` gets the status, 0 where the reply broke off; once. */
export const answered = (
  reply: SingleReply | StreamReply,
  method: string,
  done: (status: number) => void,
): EngineReply => {
  const { status, statusText } = reply
  const head = { status, statusText, headers: pairsOf(reply.metadata) }
  // Its length is said, and the body stays behind (RFC 9110 section 9.3.2).
  const without = method === 'HEAD' || bodiless.has(status)
  if (reply.kind === 'single') {
    done(status)
    return {
      ...head,
      body: without ? undefined : reply.body,
      trailers: reply.trailers === undefined || without ? [] : pairsOf(reply.trailers),
    }
  }
  if (without) {
    reply.source.cancel()
    done(status)
    return { ...head, body: undefined, trailers: [] }
  }
  return { ...head, body: streamOf(reply.source, status, done), trailers: [] }
}

/** Pulled: a source is resumed when the reader wants more. */
const streamOf = (
  source: Source,
  status: number,
  done: (status: number) => void,
): ReadableStream<Uint8Array> => {
  let begun = false
  let over = false
  const finish = (of: number): void => {
    if (over) return
    over = true
    done(of)
  }
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (begun) {
          source.resume()
          return
        }
        begun = true
        source.pipe({
          message: (bytes) => {
            if (over) return false
            controller.enqueue(new Uint8Array(bytes))
            return (controller.desiredSize ?? 0) > 0
          },
          end: () => {
            if (over) return
            controller.close()
            finish(status)
          },
          fail: (error) => {
            if (over) return
            controller.error(error)
            finish(0)
          },
        })
      },
      cancel: () => {
        finish(0)
        source.cancel(new Error('the client went away'))
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
  )
}

/** What is no reply. */
export const brokenWire = (reply: Exclude<Reply, SingleReply | StreamReply>): EngineFault['fault'] =>
  reply.kind === 'fault' && reply.fault !== 'error' ? reply.fault : 'close'

export const pairsOf = (metadata: Metadata): HeaderList => {
  const pairs: [string, string][] = []
  for (let i = 0; i < metadata.length; i += 2) pairs.push([metadata[i]!, metadata[i + 1]!])
  return pairs
}

export const flat = (headers: HeaderList): Metadata => headers.flat()
