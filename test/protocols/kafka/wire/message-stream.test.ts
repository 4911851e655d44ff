/** Messages that pass go on as their bytes come, however these come, and those between them are whole. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageStream } from '../../../../src/protocols/kafka/wire/message-stream.ts'

const framed = (body: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** One whose first byte says whether it passes. */
const bodyOf = (passes: boolean, length: number, fill: number): Buffer => {
  const body = Buffer.alloc(Math.max(1, length), fill)
  body[0] = passes ? 1 : 0
  return body
}

const byFirst = (beginning: Buffer): boolean => beginning[0] === 1

interface Taken {
  readonly passes: boolean
  readonly bytes: Buffer
}

const takeAll = (stream: MessageStream, chunks: readonly Buffer[]): Taken[] => {
  const taken: Taken[] = []
  for (const chunk of chunks) {
    stream.push(chunk)
    for (let bytes = stream.next(); bytes !== undefined; bytes = stream.next())
      taken.push({ passes: stream.passing, bytes })
  }
  return taken
}

const cut = (whole: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  let at = 0
  for (let i = 0; at < whole.length; i++) {
    const end = Math.min(whole.length, at + (sizes[i % sizes.length] ?? whole.length))
    chunks.push(Buffer.from(whole.subarray(at, end)))
    at = end
  }
  return chunks
}

describe('a stream of messages', () => {
  it('loses nothing, and gives whole what does not pass', () => {
    const message = fc.record({
      passes: fc.boolean(),
      length: fc.oneof(fc.nat(20), fc.nat(30_000)),
      fill: fc.nat(255),
    })
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9_000 })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), sizes, (messages, pieces) => {
        const wanted = messages.map(({ passes, length, fill }) => framed(bodyOf(passes, length, fill)))
        const whole = Buffer.concat(wanted)
        const stream = new MessageStream(30_000, byFirst)
        const taken = takeAll(stream, cut(whole, pieces))
        expect(Buffer.concat(taken.map(({ bytes }) => bytes)).equals(whole)).toBe(true)
        const held = taken.filter(({ passes }) => !passes).map(({ bytes }) => bytes.toString('hex'))
        expect(held).toEqual(
          wanted.filter((_bytes, i) => !messages[i]!.passes).map((bytes) => bytes.toString('hex')),
        )
        expect([stream.between, stream.pending]).toEqual([true, 0])
      }),
    )
  })

  it('gives a message that passes before it is whole, and holds none of it', () => {
    const stream = new MessageStream(1 << 30, byFirst)
    const size = Buffer.alloc(4)
    size.writeInt32BE(1 << 30)
    const first = Buffer.concat([size, bodyOf(true, 60_000, 7)])
    expect(takeAll(stream, [first]).map(({ bytes }) => bytes.buffer)).toEqual([first.buffer])
    expect([stream.between, stream.pending]).toEqual([false, 0])
    const next = Buffer.alloc(60_000)
    const [rest] = takeAll(stream, [next])
    expect([rest!.bytes.buffer === next.buffer, rest!.passes]).toEqual([true, true])
  })

  it('asks about each message once when it passes, else again when it is whole', () => {
    const asked: (readonly [number, boolean])[] = []
    const stream = new MessageStream(1 << 20, (beginning, whole) => {
      asked.push([beginning[0]!, whole])
      return beginning[0] === 1
    })
    takeAll(stream, cut(Buffer.concat([true, false].map((one) => framed(bodyOf(one, 50_000, 1)))), [10_000]))
    expect(asked).toEqual([
      [1, false],
      [0, false],
      [0, true],
    ])
  })

  it('keeps chunks that come while nobody asks', () => {
    const stream = new MessageStream(100, () => false)
    const whole = Buffer.concat([framed(Buffer.from('one')), framed(Buffer.from('two'))])
    for (const chunk of cut(whole, [1])) stream.push(chunk)
    expect(
      [stream.next(), stream.next(), stream.next()].map((bytes) => bytes?.toString('latin1', 4)),
    ).toEqual(['one', 'two', undefined])
  })
})
