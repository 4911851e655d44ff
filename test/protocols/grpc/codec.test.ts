/** The parts that only turn bytes into values and back: fixtures, and the same bytes split at every place. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Base64Reader } from '../../../src/protocols/grpc/codec/base64.ts'
import { compress, decompress } from '../../../src/protocols/grpc/codec/compression.ts'
import {
  type Envelope,
  EnvelopeReader,
  envelope,
  MessageTooLarge,
} from '../../../src/protocols/grpc/codec/envelope.ts'
import { decodeBinary, encodeBinary } from '../../../src/protocols/grpc/codec/metadata.ts'
import { decodeStatus, encodeStatus } from '../../../src/protocols/grpc/codec/rpc-status.ts'
import { codeOfConnect, connectCode, statusNames } from '../../../src/protocols/grpc/codec/status.ts'
import { decodeStatusMessage, encodeStatusMessage } from '../../../src/protocols/grpc/codec/status-message.ts'
import { timeoutOf } from '../../../src/protocols/grpc/codec/timeout.ts'
import { bytesField, concat, numberField, readFields } from '../../../src/protocols/grpc/codec/wire.ts'
import { observed, statusOf } from '../../../src/protocols/grpc/reply/observed.ts'
import { collectOutcome, readOutcome } from '../../../src/protocols/grpc/reply/read.ts'
import { formOf } from '../../../src/protocols/grpc/wire-form.ts'

const fixture = (name: string): Uint8Array => {
  const path = fileURLToPath(new URL(`../../fixtures/grpc/frames/${name}.hex`, import.meta.url))
  return Uint8Array.from(
    Buffer.from(readFileSync(path, 'utf8').replace(/#.*/g, '').replace(/\s/g, ''), 'hex'),
  )
}

const pieces = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const at = [0, ...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b)
  return at.slice(1).map((end, i) => bytes.slice(at[i], end))
}

const read = (parts: readonly Uint8Array[], limit = 1_000_000): Envelope[] => {
  const reader = new EnvelopeReader(limit)
  const found: Envelope[] = []
  for (const part of parts)
    reader.push(part, ({ flags, payload }) => found.push({ flags, payload: payload.slice() }))
  expect(reader.inside).toBe(false)
  return found
}

const anyBytes = fc.uint8Array({ maxLength: 300 })

describe('envelopes', () => {
  it('are the same however their bytes are split', () => {
    const anyEnvelopes = fc.array(fc.tuple(fc.nat(255), anyBytes), { maxLength: 6 })
    fc.assert(
      fc.property(anyEnvelopes, fc.array(fc.nat(2000), { maxLength: 12 }), (wanted, cuts) => {
        const bytes = concat(wanted.map(([flags, payload]) => envelope(payload, flags)))
        const found = read(pieces(bytes, cuts))
        expect(found.map(({ flags, payload }) => [flags, [...payload]])).toEqual(
          wanted.map(([flags, payload]) => [flags, [...payload]]),
        )
      }),
    )
  })

  it('of the fixture, split at every single byte, decompress to the same message', () => {
    const bytes = fixture('messages')
    for (let at = 0; at <= bytes.length; at++) {
      const [plain, zipped, deflated, empty] = read([bytes.slice(0, at), bytes.slice(at)])
      const text = Buffer.from(plain!.payload).toString()
      expect(text).toBe(`\n\u0014${'a'.repeat(20)}`)
      expect(Buffer.from(decompress(zipped!.payload, 'gzip', 1000)).toString()).toBe(text)
      expect(Buffer.from(decompress(deflated!.payload, 'deflate', 1000)).toString()).toBe(text)
      expect(empty!.payload).toHaveLength(0)
    }
  })

  it('that are too long are refused by their head alone', () => {
    const head = envelope(new Uint8Array(11)).slice(0, 5)
    expect(() => new EnvelopeReader(10).push(head, () => undefined)).toThrow(MessageTooLarge)
    expect(() => decompress(compress(new Uint8Array(1_000_000), 'gzip'), 'gzip', 1000)).toThrow(
      MessageTooLarge,
    )
    expect(() => decompress(new Uint8Array([1, 2]), 'gzip', 10)).toThrow(/not valid gzip/)
    expect(() => decompress(new Uint8Array(1), 'br', 10)).toThrow(/br is not known/)
  })
})

it('base64 is read however it is split and wherever it is padded', () => {
  fc.assert(
    fc.property(fc.array(anyBytes, { maxLength: 5 }), fc.array(fc.nat(2000)), (parts, cuts) => {
      const text = Buffer.from(parts.map((part) => Buffer.from(part).toString('base64')).join(''), 'latin1')
      const reader = new Base64Reader()
      expect([...concat(pieces(Uint8Array.from(text), cuts).map((piece) => reader.push(piece)))]).toEqual([
        ...concat(parts),
      ])
    }),
  )
  expect(() => new Base64Reader().push(Buffer.from('a*'))).toThrow()
})

describe('status messages', () => {
  it('come back whole, and are read leniently', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeStatusMessage(text)
        expect(encoded).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeStatusMessage(encoded)).toBe(text)
      }),
    )
    expect(encodeStatusMessage('a/b "c" 100%')).toBe('a/b "c" 100%25')
    expect(decodeStatusMessage('50% %zz %e2%98%ba')).toBe('50% %zz ☺')
  })

  it('are what the specification says of others', () => {
    expect(encodeStatusMessage('\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n')).toBe(
      '%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A',
    )
  })
})

it('timeouts are read in every unit', () => {
  const of = (value: string) => timeoutOf(['Grpc-Timeout', value])
  expect(['1H', '2M', '3S', '4m', '5000u', '6000000n'].map(of)).toEqual([3_600_000, 120_000, 3000, 4, 5, 6])
  expect(['', '1', 'S', '123456789S', '-1S', '1.5S'].map(of)).toEqual(Array(6).fill(undefined))
  expect(timeoutOf(['connect-timeout-ms', '1500'])).toBe(1500)
})

it('codes have their names on either side', () => {
  for (const [code] of statusNames.entries()) {
    if (code > 0) expect(codeOfConnect(connectCode(code))).toBe(code)
  }
  expect(connectCode(1)).toBe('canceled')
})

it('binary metadata is read padded or not', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const text = encodeBinary(bytes)
      expect(text).not.toContain('=')
      expect([...decodeBinary(text)!]).toEqual([...bytes])
      expect([...decodeBinary(Buffer.from(bytes).toString('base64'))!]).toEqual([...bytes])
    }),
  )
  expect(decodeBinary('no base64!')).toBeUndefined()
})

it('a status with details comes back', () => {
  const anyDetail = fc.record({ typeUrl: fc.string(), value: anyBytes })
  fc.assert(
    fc.property(
      fc.nat(99),
      fc.string({ unit: 'grapheme' }),
      fc.array(anyDetail, { maxLength: 4 }),
      (code, message, details) => {
        const back = decodeStatus(encodeStatus({ code, message, details }))
        expect(back).toMatchObject({ code, message })
        expect(back.details.map(({ typeUrl, value }) => [typeUrl, [...value]])).toEqual(
          details.map(({ typeUrl, value }) => [typeUrl, [...value]]),
        )
      },
    ),
  )
  expect(readFields(concat([numberField(3, 2 ** 40), bytesField(1, 'ä')]))).toMatchObject([
    { number: 3, value: 2 ** 40 },
    { number: 1 },
  ])
  expect(() => readFields(new Uint8Array([0x0a, 5, 1]))).toThrow()
})

describe('replies', () => {
  const stream = (bytes: Uint8Array, cuts: readonly number[], trailers?: readonly string[]) => ({
    pipe: (sink: { message(bytes: Uint8Array): boolean; end(trailers?: readonly string[]): void }) => {
      for (const piece of pieces(bytes, cuts)) sink.message(piece)
      sink.end(trailers)
    },
    resume: () => undefined,
    cancel: () => undefined,
  })
  const reply = (type: string, bytes: Uint8Array, cuts: readonly number[]) => ({
    kind: 'stream' as const,
    status: 200,
    metadata: ['content-type', type, 'x-head', 'h'],
    source: stream(bytes, cuts) as never,
  })

  it.each([
    ['application/grpc-web+proto', fixture('web-reply'), 0, ['0a0161']],
    [
      'application/grpc-web-text',
      new Uint8Array(Buffer.from(Buffer.from(fixture('web-reply')).toString('base64'))),
      0,
      ['0a0161'],
    ],
    ['application/connect+proto', fixture('connect-end'), 5, []],
  ] as const)('in %s tell their messages and status, split anywhere', async (type, bytes, code, messages) => {
    for (let at = 0; at <= bytes.length; at += 3) {
      const outcome = await collectOutcome(readOutcome(reply(type, bytes, [at]), undefined, 1000)!, 10_000)
      expect(outcome.messages.map((one) => Buffer.from(one).toString('hex'))).toEqual(messages)
      expect(outcome.metadata).toEqual(['x-head', 'h'])
      expect(outcome.trailers.slice(0, 2)).toEqual(['grpc-status', String(code)])
      const seen = await new Promise((resolve) => {
        observed(formOf(type), reply(type, bytes, [at]), resolve).source.pipe({
          message: () => true,
          end: () => undefined,
          fail: () => undefined,
        })
      })
      expect(seen).toBe(code)
    }
    expect(statusOf(formOf(type), { kind: 'single', status: 200, metadata: [], body: bytes })).toBe(code)
  })

  it('that are no gRPC are left alone', () => {
    expect(
      readOutcome(
        { kind: 'single', status: 502, metadata: ['content-type', 'text/html'], body: undefined },
        undefined,
        10,
      ),
    ).toBeUndefined()
    expect(
      statusOf(formOf('application/grpc'), { kind: 'single', status: 503, metadata: [], body: undefined }),
    ).toBe(14)
  })
})
