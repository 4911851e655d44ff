/** Messages in memory: which are one, in which order they stand, and what is dropped. */
import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { MessageFixture } from '../../src/core/fixture.ts'
import type { CleanExchange } from '../../src/record/desensitizer.ts'
import { decodedMessage, messageRecord } from '../../src/record/message-record.ts'
import { MessageSet, SeenMessages } from '../../src/record/message-set.ts'
import { Recorder, type RecorderOptions } from '../../src/record/recorder.ts'
import { pack, unpack } from '../../src/record/records.ts'
import { service } from '../support/library.ts'

const message = (more: Partial<MessageFixture> = {}): MessageFixture => ({
  topic: 'orders',
  log: 'orders',
  partition: 0,
  offset: 0n,
  timestamp: 1000,
  key: null,
  value: Buffer.from('v'),
  json: undefined,
  headers: [],
  ...more,
})

const place = { protocol: 'kafka', service: 'events' }

/** As the recording thread gets it, decoded. */
const arrived = (sent: MessageFixture) => {
  const [record] = unpack(pack([{ ...messageRecord(place, sent), case: undefined }]))
  return { message: record!.message!, exchange: decodedMessage(record!.exchange, record!.message!) }
}

describe('a message', () => {
  it.each([
    ['text', { key: Buffer.from('k'), value: Buffer.from('text') }, { key: 'k', value: 'text' }],
    ['a key that is empty', { key: Buffer.alloc(0) }, { key: '', value: 'v' }],
    ['a tombstone', { key: Buffer.from('k'), value: null }, { key: 'k', value: null }],
    ['neither', { value: null }, { value: null }],
    ['bytes', { value: Buffer.from([0xff, 0]) }, { value: new Uint8Array([0xff, 0]) }],
    ['what its format reads', { value: Buffer.from([0xff, 0]), json: '{"id":"7"}' }, { value: { id: '7' } }],
  ])('comes to the thread as it was: %s', (_, more, value) => {
    expect(arrived(message(more)).exchange.request.bodies).toEqual([{ kind: 'fields', value }])
  })

  it('keeps the bytes of its headers, and loses the tag of a tenant', () => {
    const headers = [
      { name: 'a', value: Buffer.from('ü') },
      { name: 'svcm-tenant', value: Buffer.from('alice') },
      { name: 'b', value: Buffer.from([0xff]) },
    ]
    expect(arrived(message({ headers })).exchange.request.headers).toEqual(['a', 'ü', 'b', '/w=='])
  })
})

describe('messages of a topic', () => {
  const timesOf = (...messages: readonly Partial<MessageFixture>[]): readonly (readonly unknown[])[] => {
    const set = new MessageSet()
    for (const one of messages) {
      const { exchange, message: at } = arrived(message(one))
      set.add({ exchange: exchange as CleanExchange, message: at, case: undefined, undecided: 0 })
    }
    const [topic] = set.topics.values()
    const { messages: written } = parse(topic!.text()) as { messages: { at: string; value: string }[] }
    return written.map(({ at, value }) => [at, value])
  }
  const value = (text: string) => Buffer.from(text)

  it('stand by time, those of a partition by offset, in whatever order they came', () => {
    expect(
      timesOf(
        { offset: 2n, timestamp: 1500, value: value('third') },
        { offset: 0n, timestamp: 1200, value: value('first') },
        // Its producer's clock is behind.
        { offset: 1n, timestamp: 900, value: value('second') },
        { partition: 1, offset: 0n, timestamp: 1000, value: value('other') },
        { offset: undefined, timestamp: 1300, value: value('nobody said') },
      ),
    ).toEqual([
      ['0ms', 'other'],
      ['200ms', 'first'],
      ['200ms', 'second'],
      ['300ms', 'nobody said'],
      ['500ms', 'third'],
    ])
  })

  it('are no more than a file may hold', () => {
    const set = new MessageSet()
    const large = { value: Buffer.alloc(1024 * 1024, 'a') }
    const added = Array.from({ length: 10 }, (_, i) => {
      const { exchange, message: at } = arrived(message({ ...large, offset: BigInt(i) }))
      return set.add({ exchange: exchange as CleanExchange, message: at, case: undefined, undecided: 0 })
    })
    expect(added.at(-1)).toEqual({ skipped: 'a file of 8 MB is full' })
    expect([...set.topics.values()].map(({ count }) => count)).toEqual([8])
  })
})

it('knows a message again by its place in its log', () => {
  const seen = new SeenMessages()
  const repeats = (more: Partial<MessageFixture>, name = 'events'): boolean =>
    seen.repeats(name, arrived(message(more)).message)
  expect(repeats({})).toBe(false)
  expect(repeats({})).toBe(true)
  expect([repeats({ partition: 1 }), repeats({ offset: 1n }), repeats({}, 'others')]).toEqual([
    false,
    false,
    false,
  ])
  // Another tenant's private topic of that name.
  expect([repeats({ log: 'alice/orders' }), repeats({ log: 'bob/orders' })]).toEqual([false, false])
  expect([repeats({ offset: undefined }), repeats({ offset: undefined })]).toEqual([false, false])
})

class StuckThread extends EventEmitter {
  ref(): void {}
  unref(): void {}
  postMessage(): void {}
  terminate(): Promise<number> {
    return Promise.resolve(0)
  }
}

it('is dropped and counted where the queue is full, or it is too large', async () => {
  const options: RecorderOptions = {
    worker: new StuckThread() as unknown as Worker,
    dialects: new Map(),
    messages: new Map(),
    queueBytes: 10_000,
    maxBytes: 5_000,
    onFull: 'drop',
    case: undefined,
    wants: () => true,
    versionOf: () => undefined,
    notice: () => undefined,
  }
  const recorder = new Recorder(options)
  const call = { protocol: 'kafka', service: service({ name: 'events' }), version: undefined }
  recorder.addMessage(call, message({ value: Buffer.alloc(6_000) }))
  for (let i = 0; i < 8; i++) recorder.addMessage(call, message({ value: Buffer.alloc(3_000) }))
  expect(recorder.numbers()).toMatchObject({ tooLarge: 1, dropped: 4, withoutVersion: {} })
  expect(recorder.numbers().waiting).toBeLessThan(14_000)
  await recorder.finish(10)
})
