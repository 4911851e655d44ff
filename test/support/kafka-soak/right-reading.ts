/**
 * What consumers of one group were sent, by a right reading of the bytes on their connections. kafkajs 2.2.4 gives records of aborted transactions to the
 * application: `filterAbortedMessages` takes the listed transactions in the order in which they ended, which is how brokers list them, and only one for each
 * message. So what it hands over is judged by this.
 */
import type { Socket } from 'node:net'
import {
  apiOf,
  decodeRequest,
  decodeResponse,
  int,
  list,
  long,
  type Message,
  text,
} from '../../../src/protocols/kafka/messages/index.ts'
import { Frames } from '../../../src/protocols/kafka/wire/frames.ts'
import { readRequestHead, readResponseHead } from '../../../src/protocols/kafka/wire/header.ts'
import { judged } from './committed.ts'

const fetchKey = 1
const largest = 1 << 28

/** What an offset is by the responses that it came in. */
const committed = 1
const aborted = 2

export class RightReading {
  private readonly places = new Map<string, Uint8Array>()
  /** What contradicts itself. */
  readonly mistakes: string[] = []
  /** Records of aborted transactions that the client gave to the application. */
  letThrough = 0

  /** Reads along. Before anybody else has begun to read. */
  watch(socket: Socket): void {
    const requests = new Frames(largest)
    const responses = new Frames(largest)
    /** Fetches that wait for their responses. */
    const asked = new Map<number, { readonly version: number; readonly request: Message }>()
    const api = apiOf(fetchKey)!
    const { write } = socket
    socket.write = ((chunk: Buffer, ...rest: []) => {
      for (const frame of requests.push(chunk)) {
        const head = readRequestHead(frame)
        if (head.apiKey !== fetchKey) continue
        const request = decodeRequest(api, head.apiVersion, frame.subarray(head.end))
        asked.set(head.correlationId, { version: head.apiVersion, request })
      }
      return write.call(socket, chunk, ...rest)
    }) as Socket['write']
    socket.on('data', (chunk: Buffer) => {
      for (const frame of responses.push(chunk)) {
        const fetch = asked.get(frame.readInt32BE(0))
        if (fetch === undefined) continue
        const { correlationId, end } = readResponseHead(api, fetch.version, frame)
        asked.delete(correlationId)
        this.take(fetch.request, decodeResponse(api, fetch.version, frame.subarray(end)))
      }
    })
  }

  /** Whether the application may see a record that the client gives it. */
  gives(topic: string, partition: number, offset: number): boolean {
    const place = `${topic}/${partition}`
    const is = this.places.get(place)?.[offset] ?? 0
    if (is === 0) this.mistakes.push(`${place} ${offset} was never fetched`)
    if (is === aborted) this.letThrough++
    return is !== aborted
  }

  /** All that came and is not aborted, as `topic/partition offset`. */
  *committed(): Generator<string> {
    for (const [place, offsets] of this.places)
      for (const [offset, is] of offsets.entries()) if (is === committed) yield `${place} ${offset}`
  }

  private take(request: Message, response: Message): void {
    const from = new Map<string, bigint>()
    for (const topic of list(request, 'topics'))
      for (const one of list(topic, 'partitions'))
        from.set(`${text(topic, 'topic')}/${int(one, 'partition')}`, long(one, 'fetchOffset'))
    for (const topic of list(response, 'responses'))
      for (const one of list(topic, 'partitions')) {
        const place = `${text(topic, 'topic')}/${int(one, 'partitionIndex')}`
        this.partition(place, from.get(place)!, one)
      }
  }

  private partition(place: string, from: bigint, found: Message): void {
    for (const { batch, aborted: taken } of judged(found)) {
      const offsets = this.room(place, Number(batch.lastOffset))
      const is = taken ? aborted : committed
      for (const { offsetDelta } of batch.records()) {
        const offset = batch.baseOffset + BigInt(offsetDelta)
        if (offset < from) continue
        const before = offsets[Number(offset)]!
        if (before !== 0 && before !== is)
          this.mistakes.push(`${place} ${offset} is aborted in one response, and committed in another`)
        offsets[Number(offset)] = is
      }
    }
  }

  private room(place: string, offset: number): Uint8Array {
    const known = this.places.get(place) ?? new Uint8Array(0)
    if (offset < known.length) return known
    const grown = new Uint8Array(2 * offset + 1_024)
    grown.set(known)
    this.places.set(place, grown)
    return grown
  }
}
