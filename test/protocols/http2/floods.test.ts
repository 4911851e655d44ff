/** Clients that flood their connection lose it; nobody else notices. */
import { describe, expect, it } from 'vitest'
import { Bucket } from '../../../src/protocols/http/h2/flood-guard.ts'
import {
  block,
  codeOf,
  errorCodes,
  type FrameClient,
  flags,
  frame,
  frameClient,
  get,
  request,
  reset,
  windowUpdate,
} from '../../support/frames.ts'
import { ask, http2Client } from '../../support/http2.ts'
import { proxy } from '../../support/proxy.ts'

const host = 'orders.test.example.com'
const files = {
  'svc-mock.yaml': 'services:\n  orders: { hosts: [orders.test.example.com] }\n',
  'mocks/orders/1.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42 }\n    response: { body: { id: 42 } }\n  - request: { path: /slow }\n    fault: { abort: timeout }\n  - request: { method: POST, path: /orders, body: { a: 1 } }\n    response: { status: 201 }\n',
}

const head = get('/orders/42', host)
const slow = get('/slow', host)
const post = block(':method', 'POST', ':scheme', 'http', ':authority', host, ':path', '/orders')
const again = <T>(times: number, make: (n: number) => T): T[] =>
  Array.from({ length: times }, (_, n) => make(n))
const ping = frame('ping', 0, 0, Buffer.alloc(8))
const settings = frame('settings', 0, 0)

/** What is sent, first to last. */
const floods: readonly (readonly [name: string, frames: () => Uint8Array[]])[] = [
  [
    'rapid reset: calls that are cancelled at once',
    () =>
      again(8_000, (n) => Buffer.concat([request(2 * n + 1, ...head), reset(2 * n + 1, errorCodes.cancel)])),
  ],
  [
    'rapid reset of calls that wait',
    () =>
      again(8_000, (n) => Buffer.concat([request(2 * n + 1, ...slow), reset(2 * n + 1, errorCodes.cancel)])),
  ],
  [
    'made you reset: calls that are broken at once',
    () => again(8_000, (n) => Buffer.concat([request(2 * n + 1, ...slow), windowUpdate(2 * n + 1, 0)])),
  ],
  ['malformed calls', () => again(5_000, (n) => request(2 * n + 1, ':method', 'GET', 'Upper', 'x'))],
  [
    'CONTINUATION without end',
    () => [
      frame('headers', 0, 1, block(...head)),
      ...again(10_000, (n) => frame('continuation', 0, 1, block(`x-${n}`, 'y'))),
    ],
  ],
  [
    'empty CONTINUATION',
    () => [frame('headers', 0, 1, block(...head)), ...again(10_000, () => frame('continuation', 0, 1))],
  ],
  [
    'empty DATA',
    () => [frame('headers', flags.endHeaders, 1, post), ...again(10_000, () => frame('data', 0, 1))],
  ],
  [
    'empty HEADERS',
    () => again(10_000, (n) => frame('headers', flags.endHeaders | flags.endStream, 2 * n + 1)),
  ],
  ['PING, whose answers are not waited for', () => again(60_000, () => ping)],
  ['PRIORITY', () => again(100_000, (n) => frame('priority', 0, 2 * n + 1, Buffer.from([0, 0, 0, 0, 1])))],
  ['frames that nobody knows', () => again(100_000, () => Buffer.from([0, 0, 0, 0xbb, 0, 0, 0, 0, 0]))],
  ['calls beyond the limit', () => again(3_000, (n) => request(2 * n + 1, ...slow))],
]

const residentMb = (): number => process.memoryUsage.rss() / 2 ** 20

describe('a flood of', () => {
  it.each(floods)('%s ends its connection, with one notice, and no other', async (_name, frames) => {
    const test = await proxy(files)
    const other = await http2Client(test.port)
    const before = residentMb()
    const attackers = [await flood(test.port, frames()), await flood(test.port, frames())]
    for (const attacker of attackers) {
      const goaway = await attacker.next('goaway')
      expect(codeOf(goaway)).not.toBe(errorCodes.none)
      await attacker.closed
    }
    expect(test.notices).toEqual([expect.stringMatching(/broke the protocol or flooded it/)])
    expect(await ask(other, { ':path': '/orders/42', ':authority': host })).toMatchObject({
      body: '{"id":42}',
    })
    expect(residentMb() - before).toBeLessThan(200)
  })

  it.each([
    ['PING', ping],
    ['SETTINGS', settings],
  ])('%s whose answers are read ends its connection too, with ENHANCE_YOUR_CALM', async (name, each) => {
    const test = await proxy(files)
    const attacker = await flood(test.port, [])
    let over = false
    void attacker.closed.then(() => {
      over = true
    })
    const acks = (): number => attacker.frames.filter((one) => one.flags === flags.ack).length
    for (let sent = acks(); !over; sent += 500) {
      attacker.send(Buffer.concat(again(500, () => each)))
      while (!over && acks() < sent + 500) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(codeOf(await attacker.next('goaway'))).toBe(errorCodes.calm)
    expect(test.notices).toEqual([expect.stringContaining(`flooded its HTTP/2 connection with ${name}`)])
  })

  it('WINDOW_UPDATE costs nobody anything', async () => {
    const test = await proxy(files)
    const attacker = await flood(
      test.port,
      again(100_000, () => windowUpdate(0, 1)),
    )
    attacker.send(request(1, ...head))
    expect((await attacker.next('data', 1))?.payload.toString()).toBe('{"id":42}')
  })

  it('headers that are short only while they are compressed costs its stream', async () => {
    const test = await proxy(files)
    const client = await frameClient(test.port)
    // One long field put into the table, then named ten thousand times by one byte each (RFC 7541 section 6.1).
    const entry = Buffer.concat([Buffer.from([0x40]), block('a', 'b'.repeat(3_900)).subarray(1)])
    const bomb = Buffer.concat([block(...head), entry, Buffer.alloc(10_000, 0xbe)])
    client.send(frame('headers', flags.endHeaders | flags.endStream, 1, bomb))
    expect(codeOf(await client.next('rstStream', 1))).toBe(errorCodes.calm)
    client.send(request(3, ...head))
    expect((await client.next('data', 3))?.payload.toString()).toBe('{"id":42}')
  })
})

const flood = async (port: number, frames: readonly Uint8Array[]): Promise<FrameClient> => {
  const client = await frameClient(port)
  // The server's settings count once they are acknowledged.
  await client.next('settings')
  client.send(...frames)
  return client
}

describe('a bucket', () => {
  it('gives its burst, then so many a second, and fills no further', () => {
    let now = 0
    const bucket = new Bucket({ burst: 3, perSecond: 2 }, () => now)
    expect(again(4, () => bucket.take())).toEqual([true, true, true, false])
    now += 500
    expect(again(2, () => bucket.take())).toEqual([true, false])
    now += 60_000
    expect(again(4, () => bucket.take())).toEqual([true, true, true, false])
  })
})
