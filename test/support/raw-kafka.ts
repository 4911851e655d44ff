/** A client of Kafka that sends what the test says, in the version that it says. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import {
  apis,
  decodeResponse,
  encodeRequest,
  type Message,
} from '../../src/protocols/kafka/messages/index.ts'
import { writeBatch } from '../../src/protocols/kafka/records/index.ts'
import { Frames } from '../../src/protocols/kafka/wire/frames.ts'
import { readResponseHead, writeRequest } from '../../src/protocols/kafka/wire/header.ts'

export interface RawKafka {
  /** Sends a request and waits for its response. Rejects when the connection ends first. */
  ask(api: string, version: number, message?: Message): Promise<Message>
  /** Sends a request only. */
  tell(api: string, version: number, message?: Message): void
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>
  end(): void
  readonly socket: Duplex
}

export const rawKafka = (socket: Duplex, clientId = 'raw'): RawKafka => {
  const frames = new Frames(200 * 1024 * 1024)
  const waiting: { take(frame: Buffer): void; fail(error: Error): void }[] = []
  let correlationId = 0
  socket.on('data', (chunk: Buffer) => {
    for (const frame of frames.push(chunk)) waiting.shift()!.take(frame)
  })
  socket.on('error', () => undefined)
  const ended = once(socket, 'end').then(() => {
    for (const { fail } of waiting.splice(0)) fail(new Error('the connection was closed'))
  })
  const send = (name: string, version: number, message: Message): number => {
    const api = apis.find((one) => one.name === name)!
    const head = { apiKey: api.key, apiVersion: version, correlationId: ++correlationId, clientId }
    socket.write(writeRequest(head, encodeRequest(api, version, message)))
    return correlationId
  }
  return {
    ask: (name, version, message = {}) =>
      new Promise((resolve, reject) => {
        const api = apis.find((one) => one.name === name)!
        const asked = send(name, version, message)
        waiting.push({
          fail: reject,
          take: (frame) => {
            const head = readResponseHead(api, version, frame)
            if (head.correlationId === asked) resolve(decodeResponse(api, version, frame.subarray(head.end)))
            else reject(new Error(`response ${head.correlationId} to request ${asked}`))
          },
        })
      }),
    tell: (name, version, message = {}) => void send(name, version, message),
    ended,
    end: () => socket.destroy(),
    socket,
  }
}

export interface BatchOptions {
  readonly codec?: number
  readonly attributes?: number
  /** Of the first record; the others have the same. */
  readonly timestamp?: number
  readonly timestamps?: readonly number[]
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly lastOffsetDelta?: number
  readonly keys?: readonly (string | null)[]
}

/** A record batch with these values. */
export const batchOf = (values: readonly string[], options: BatchOptions = {}): Buffer => {
  const { timestamp = 0, timestamps = values.map(() => timestamp) } = options
  return writeBatch(
    {
      baseOffset: 0n,
      partitionLeaderEpoch: -1,
      attributes: options.attributes ?? 0,
      lastOffsetDelta: options.lastOffsetDelta ?? values.length - 1,
      baseTimestamp: BigInt(timestamps[0] ?? 0),
      maxTimestamp: BigInt(Math.max(0, ...timestamps)),
      producerId: options.producerId ?? -1n,
      producerEpoch: options.producerEpoch ?? -1,
      baseSequence: options.baseSequence ?? -1,
    },
    values.map((value, i) => ({
      attributes: 0,
      timestampDelta: timestamps[i]! - timestamps[0]!,
      offsetDelta: i,
      key: options.keys?.[i] == null ? null : Buffer.from(options.keys[i]),
      value: Buffer.from(value),
      headers: [],
    })),
    options.codec ?? 0,
  )
}
