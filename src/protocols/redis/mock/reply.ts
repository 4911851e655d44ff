/** A mock's answer, encoded once for both versions of RESP; and the real server's, which is asked for when somebody looks. */
import type { Sink, Source } from '../../../core/body.ts'
import type { Reply, SingleReply, StreamReply } from '../../../core/reply.ts'
import { decodeReply, encodeReply, isError, type Resp } from '../resp/value.ts'
import { inResp2 } from './value.ts'

/** Calls of Redis have no numbers of their own. */
export const statusOf = (reply: Resp): number => (isError(reply) ? 500 : 200)

/** What the call's line shows: `OK`, or an error's code. */
export const wordOf = (body: Uint8Array | undefined): string => {
  if (body?.[0] !== 45) return 'OK'
  const line = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1', 1, 40)
  return /^[^ \r]*/.exec(line)![0]
}

/** A reply that knows no version of RESP until it is sent; `body` is RESP2. */
export interface ValueReply extends SingleReply {
  readonly value: Resp
  readonly inResp3: SingleReply
}

export const valueReply = (value: Resp): ValueReply => {
  const status = statusOf(value)
  const single = (of: Resp): SingleReply => ({ kind: 'single', status, metadata: [], body: encodeReply(of) })
  return { ...single(inResp2(value)), value, inResp3: single(value) }
}

/** In the version that the client speaks. */
export const inVersion = (reply: Reply, resp: 2 | 3): Reply =>
  resp === 3 && 'inResp3' in reply ? (reply as ValueReply).inResp3 : reply

/**
 * What the real server will answer. Nothing is sent before somebody reads it: a reply that comes back as it was made needs
 * no reading, and its command passes as bytes.
 */
export class RealReply implements StreamReply {
  readonly kind = 'stream'
  readonly status = 200
  readonly metadata: readonly string[] = []
  private readonly ask: () => Promise<Resp>
  private asked: Promise<Resp> | undefined

  constructor(ask: () => Promise<Resp>) {
    this.ask = ask
  }

  /** As the client would see it, with its own names. Rejects with SvcMockError. */
  value(): Promise<Resp> {
    this.asked ??= this.ask()
    return this.asked
  }

  get read(): boolean {
    return this.asked !== undefined
  }

  get source(): Source {
    return {
      pipe: (sink) => void this.pipe(sink),
      resume: () => undefined,
      cancel: () => undefined,
    }
  }

  private async pipe(sink: Sink): Promise<void> {
    try {
      sink.message(encodeReply(await this.value()))
      sink.end()
    } catch (error) {
      sink.fail(error as Error)
    }
  }
}

/** The value of a reply, a mock's or the server's; undefined: it has none. */
export const replyOf = async (reply: Reply): Promise<Resp | undefined> => {
  if (reply instanceof RealReply) return reply.value()
  if (reply.kind !== 'single' || reply.body === undefined) return undefined
  return 'value' in reply ? (reply as ValueReply).value : decodeReply(Buffer.from(reply.body))
}
