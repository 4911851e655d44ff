/** A stream is cut into messages the same way, however its bytes come. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Frames } from '../../../../src/protocols/kafka/wire/frames.ts'
import { MalformedFrame } from '../../../../src/protocols/kafka/wire/malformed.ts'

const framed = (body: Uint8Array): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length)
  return Buffer.concat([size, body])
}

/** `whole` in copies that end at `cuts`. */
const pieces = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
    (a, b) => a - b,
  )
  return places.slice(1).map((to, i) => Buffer.from(whole.subarray(places[i], to)))
}

const hex = (frames: readonly Uint8Array[]): string[] =>
  frames.map((frame) => Buffer.from(frame).toString('hex'))

describe('frames', () => {
  it('are the same in any pieces', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 })
    fc.assert(
      fc.property(bodies, fc.array(fc.nat()), (wanted, cuts) => {
        const whole = Buffer.concat(wanted.map(framed))
        for (const chunks of [pieces(whole, cuts), Array.from(whole, (byte) => Buffer.from([byte]))]) {
          const frames = new Frames(50)
          expect(hex(chunks.flatMap((chunk) => frames.push(chunk)))).toEqual(hex(wanted))
          expect(frames.pending).toBe(0)
        }
      }),
    )
  })

  it('are views of a chunk that holds them whole, and stay what they are when more comes', () => {
    const chunk = Buffer.concat([framed(Buffer.from('one')), framed(Buffer.from('two')), Buffer.from([0, 0])])
    const frames = new Frames(100)
    const [one, two] = frames.push(chunk)
    expect(one!.buffer).toBe(chunk.buffer)
    expect(frames.pending).toBe(2)
    const [three] = frames.push(Buffer.from([0, 3, 1, 2, 3]))
    expect(hex([one!, two!, three!])).toEqual(['6f6e65', '74776f', '010203'])
  })

  it('hold what came, not what was announced', () => {
    const frames = new Frames(100 * 1024 * 1024)
    const head = Buffer.alloc(4)
    head.writeInt32BE(100 * 1024 * 1024)
    const before = process.memoryUsage().arrayBuffers
    frames.push(Buffer.concat([head, Buffer.alloc(1_000)]))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
    expect(frames.pending).toBe(1_004)
  })

  it('gather a large message that comes in many chunks', () => {
    const body = Buffer.alloc(3_000_000, 'abcdefg')
    const frames = new Frames(body.length)
    const whole = framed(body)
    const found: Buffer[] = []
    for (let at = 0; at < whole.length; at += 65_536)
      found.push(...frames.push(whole.subarray(at, at + 65_536)))
    expect(found).toHaveLength(1)
    expect(found[0]!.equals(body)).toBe(true)
  })

  it.each([
    ['ffffffff', 'a message of -1 bytes is announced, where 0 to 100 are allowed'],
    ['00000065', 'a message of 101 bytes is announced'],
    ['474554202f', 'these bytes are HTTP, not Kafka'],
    ['1603010200', 'these bytes are a TLS handshake, not Kafka'],
  ])('%s is refused, whole or byte by byte', (bytes, message) => {
    const bad = Buffer.from(bytes, 'hex')
    expect(() => new Frames(100).push(bad)).toThrow(MalformedFrame)
    expect(() => new Frames(100).push(bad)).toThrow(message)
    const frames = new Frames(100)
    expect(() => Array.from(bad, (byte) => frames.push(Buffer.from([byte])))).toThrow(message)
  })
})
