/** Messages that come over a connection whose memory is used again arrive as they were sent, however they are cut, treated and read. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LentReads } from '../../../../src/core/lent-reads.ts'
import { StreamedMemory } from '../../../../src/core/streamed-memory.ts'
import { Flow } from '../../../../src/protocols/kafka/session/flow.ts'

type Kind = 'passes' | 'as it came' | 'at once' | 'later'

interface Sent {
  readonly kind: Kind
  readonly size: number
}

const letters: Readonly<Record<Kind, string>> = { passes: 'p', 'as it came': 'w', 'at once': 'o', later: 'l' }

const framed = (bytes: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

const noise = randomBytes(4_000_000)

/** Its first letter says what is done to it, and the rest differs by message. */
const contentOf = ({ kind, size }: Sent, place: number): Buffer => {
  const from = (place * 7919) % 65_536
  const bytes = Buffer.from(noise.subarray(from, from + size))
  bytes.write(letters[kind])
  return bytes
}

/** In parts, of which the last is the message as it came. */
const treated = (frame: Buffer): readonly Buffer[] => {
  const head = Buffer.alloc(5, 'T')
  head.writeInt32BE(1 + frame.length)
  return [head, frame]
}

const pair = async (lent: boolean): Promise<readonly [Socket, Socket]> => {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const reads = lent ? new LentReads() : undefined
  const own = connect({
    port,
    host: '127.0.0.1',
    allowHalfOpen: true,
    ...(reads !== undefined && { onread: reads.onread }),
  })
  reads?.of(own)
  const [other] = (await once(listener, 'connection')) as [Socket]
  listener.close()
  return [own, other]
}

const relay = async (messages: readonly Sent[], cuts: readonly number[], late: number): Promise<Buffer> => {
  const [from, broker] = await pair(true)
  const [client, to] = await pair(false)
  const flow: Flow = new Flow({
    from,
    to,
    largest: 1 << 24,
    memory: new StreamedMemory(),
    passes: (beginning) => beginning[0] === 0x70,
    message: (frame) => {
      const [letter] = frame.toString('latin1', 0, 1)
      if (letter === 'w') return flow.writeWhole()
      if (letter === 'o') return flow.write(treated(frame))
      return new Promise((resolve) =>
        setImmediate(() => {
          flow.write(treated(frame))
          resolve()
        }),
      )
    },
    ended: () => to.end(),
    failed: (error) => to.destroy(error),
  })
  from.resume()
  const bytes = Buffer.concat(messages.map((message, place) => framed(contentOf(message, place))))
  let at = 0
  for (const cut of cuts) {
    broker.write(bytes.subarray(at, at + cut))
    at += cut
    if (at >= bytes.length) break
    await new Promise(setImmediate)
  }
  broker.end(bytes.subarray(at))
  // The system takes some megabytes for a client that doesn't read: what comes behind them waits to be written.
  for (let turn = 0; turn < late; turn++) await new Promise(setImmediate)
  const chunks: Buffer[] = []
  client.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    if (late === 0) return
    client.pause()
    setImmediate(() => setImmediate(() => client.resume()))
  })
  await once(client, 'end')
  for (const socket of [from, broker, client, to]) socket.destroy()
  return Buffer.concat(chunks)
}

const expected = (messages: readonly Sent[]): Buffer =>
  Buffer.concat(
    messages.map((message, place) => {
      const content = contentOf(message, place)
      const changed = message.kind === 'at once' || message.kind === 'later'
      return changed ? Buffer.concat(treated(content)) : framed(content)
    }),
  )

const message = fc.record({
  kind: fc.constantFrom<Kind[]>('passes', 'passes', 'passes', 'as it came', 'at once', 'later'),
  size: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
    { weight: 3, arbitrary: fc.integer({ min: 2_000, max: 400_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500_000, max: 3_000_000 }) },
  ),
})

it('nothing is overwritten before it is written', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 150, size: 'max' }),
      fc.array(fc.integer({ min: 1, max: 300_000 }), { maxLength: 6 }),
      fc.integer({ min: 0, max: 400 }),
      async (messages, cuts, late) => {
        expect((await relay(messages, cuts, late)).equals(expected(messages))).toBe(true)
      },
    ),
    { numRuns: 25 },
  )
})
