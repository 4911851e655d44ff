/** The subject is a ClientHello: what real clients send, cut anywhere, and what only looks like one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClientHello } from '../../src/tls/client-hello.ts'
import { helloBytes } from '../support/tls.ts'

/** The same handshake message in records of `size` bytes (RFC 8446 section 5.1 allows it). */
const inRecords = (hello: Buffer, size: number): Buffer => {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size)
    records.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 0xff]), piece)
  }
  return Buffer.concat(records)
}

describe('a ClientHello', () => {
  it.each([
    [{ servername: 'Orders.Test.Example.com' }, { servername: 'orders.test.example.com', alpn: [] }],
    [
      { servername: 'orders', ALPNProtocols: ['h2', 'http/1.1'] },
      { servername: 'orders', alpn: ['h2', 'http/1.1'] },
    ],
    [{}, { servername: undefined, alpn: [] }],
    [
      { servername: 'a_b.example.com', maxVersion: 'TLSv1.2' as const },
      { servername: 'a_b.example.com', alpn: [] },
    ],
    [{ servername: 'xn--bcher-kva.example.com' }, { servername: 'xn--bcher-kva.example.com', alpn: [] }],
  ])('says %j', async (options, expected) => {
    expect(readClientHello(await helloBytes(options))).toEqual(expected)
  })

  it('is waited for, wherever it is cut, and however many records it is in', async () => {
    const hello = await helloBytes({ servername: 'orders.example.com', ALPNProtocols: ['h2'] })
    for (const whole of [hello, inRecords(hello, 100), inRecords(hello, 1)]) {
      for (let length = 0; length < whole.length; length++)
        expect(readClientHello(whole.subarray(0, length))).toBe('more')
      expect(readClientHello(whole)).toEqual({ servername: 'orders.example.com', alpn: ['h2'] })
    }
  })

  it('may be followed by anything', async () => {
    const hello = await helloBytes({ servername: 'orders' })
    expect(readClientHello(Buffer.concat([hello, Buffer.from('GET / HTTP/1.1')]))).toMatchObject({
      servername: 'orders',
    })
  })

  it.each([
    ['a name that is no host', 'a b.example.com'],
    ['a path', '../../etc'],
    ['a name that begins with a dot', '.example.com'],
    ['a name with a NUL', 'orders\0.example.com'],
  ])('with %s names nobody', async (_what, name) => {
    const plain = 'x'.repeat(name.length)
    const hello = await helloBytes({ servername: plain })
    const bytes = Buffer.from(hello.toString('latin1').replace(plain, name), 'latin1')
    expect(readClientHello(bytes)).toEqual({ servername: undefined, alpn: [] })
  })

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['another record', Buffer.from([23, 3, 3, 0, 1, 0])],
    ['another handshake message', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0])],
    ['one that is too long', Buffer.from([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff])],
    ['one whose lengths lie', Buffer.from([22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0, 0])],
  ])('is not %s', (_what, bytes) => {
    expect(readClientHello(Buffer.concat([bytes, Buffer.alloc(0x4000)]))).toBe('no')
  })

  it('never throws, whatever comes', async () => {
    const hello = await helloBytes({ servername: 'orders', ALPNProtocols: ['h2'] })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(hello)
        for (const [at, byte] of changes) bytes[at] = byte
        const said = readClientHello(bytes)
        if (typeof said === 'object' && said.servername !== undefined)
          expect(said.servername).toMatch(/^[a-z0-9_.-]+$/)
      }),
      { numRuns: 500 },
    )
  })
})
