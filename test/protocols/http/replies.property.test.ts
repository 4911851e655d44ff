/** Replies of HTTP/1.1: however their bytes are cut, the same is read; what two readers could take differently is refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReplyEvents, ReplyReader } from '../../../src/protocols/http/upstream/h1/reply-reader.ts'

interface Read {
  readonly interim: number[]
  status: number | undefined
  text: string
  headers: readonly string[]
  body: string
  ended: boolean
  trailers: readonly string[]
  upgraded: string | undefined
  keepMs: number
  /** More came than was asked for. */
  surplus: boolean
  error: string | undefined
}

const read = (pieces: readonly Buffer[], method = 'GET', upgrade = false): Read => {
  const seen: Read = {
    interim: [],
    status: undefined,
    text: '',
    headers: [],
    body: '',
    ended: false,
    trailers: [],
    upgraded: undefined,
    keepMs: -1,
    surplus: false,
    error: undefined,
  }
  const events: ReplyEvents = {
    interim: ({ status }) => seen.interim.push(status),
    head: (head) =>
      Object.assign(seen, {
        status: head.status,
        text: head.text,
        headers: head.headers,
        keepMs: head.keepMs,
      }),
    data: (piece) => {
      seen.body += piece.toString('latin1')
    },
    end: (trailers) => Object.assign(seen, { ended: true, trailers }),
    upgraded: ({ status }, rest) => {
      seen.status = status
      seen.upgraded = rest.toString('latin1')
    },
  }
  const reader = new ReplyReader()
  reader.expect(method, upgrade, events)
  try {
    for (const piece of pieces) {
      // What follows belongs to the other protocol, and to whoever has the socket now.
      if (seen.upgraded !== undefined) seen.upgraded += piece.toString('latin1')
      else if (!reader.read(piece)) seen.surplus = true
    }
    reader.close()
  } catch (error) {
    seen.error = (error as Error).message
  }
  return seen
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

interface Asked {
  readonly method?: string
  readonly upgrade?: boolean
}

type Sample = readonly [what: string, text: string, expected: Partial<Read>, asked?: Asked]

const samples: readonly Sample[] = [
  [
    'a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    { status: 200, text: 'OK', body: 'hi', ended: true, keepMs: 4_000 },
  ],
  [
    'a length said twice',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\ncontent-length: 2, 2\r\n\r\nhi',
    { body: 'hi', ended: true },
  ],
  ['nothing', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', { text: '', body: '', ended: true }],
  [
    'the end of the connection',
    'HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhi\r\n',
    { body: 'hi\r\n', ended: true, headers: ['X-A', 'b'] },
  ],
  [
    'chunks and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2;a="b"\r\nhi\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\nX-U:\t2 \r\n\r\n',
    { body: 'hi0123456789', ended: true, trailers: ['X-T', '1', 'X-U', '2'] },
  ],
  [
    'chunks without trailers',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nhi\r\n000\r\n\r\n',
    { body: 'hi', ended: true, trailers: [] },
  ],
  [
    'interim replies first',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    { interim: [100, 103], status: 204, ended: true },
  ],
  [
    'no body to HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n',
    { body: '', ended: true },
    { method: 'HEAD' },
  ],
  ['no body in 304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n', { body: '', ended: true }],
  [
    'another protocol',
    'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n\x81\x00',
    { status: 101, upgraded: '\x81\x00' },
    { upgrade: true },
  ],
  [
    'a folded line',
    'HTTP/1.1 200 OK\r\nX-A: b\r\n  c\r\ncontent-length : 0\r\n\r\n',
    { headers: ['X-A', 'b c', 'content-length', '0'], ended: true },
  ],
  [
    'Latin-1',
    'HTTP/1.1 200 \xe9t\xe9\r\nX-A: \xff\r\ncontent-length: 0\r\n\r\n',
    { text: '\xe9t\xe9', ended: true },
  ],
  [
    'close',
    'HTTP/1.1 200 OK\r\nConnection: X-A, Close\r\ncontent-length: 0\r\n\r\n',
    { keepMs: 0, ended: true },
  ],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', { keepMs: 0, ended: true }],
  [
    'HTTP/1.0 that stays',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\ncontent-length: 0\r\n\r\n',
    { keepMs: 4_000, ended: true },
  ],
  [
    'a hint how long it stays',
    'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=72, max=5\r\ncontent-length: 0\r\n\r\n',
    { keepMs: 71_000, ended: true },
  ],
  [
    'a hint that it hardly stays',
    'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\ncontent-length: 0\r\n\r\n',
    { keepMs: 0, ended: true },
  ],
  [
    'more than was asked for',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na!',
    { body: 'a', ended: true, surplus: true },
  ],
]

const replies = samples.map(([what, text, expected, asked = {}]) => [what, text, expected, asked] as const)

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', /is no HTTP\/1\.1/],
  ['HTTP/2 without being asked', 'HTTP/2 200\r\n\r\n', /is no HTTP\/1\.1/],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /is no HTTP\/1\.1/],
  ['a switch that nobody asked for', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', /nobody had asked/],
  [
    'two lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi',
    /Content-Length is "2,3"/,
  ],
  ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi', /Content-Length is/],
  [
    'a length beyond numbers',
    `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(20)}\r\n\r\n`,
    /Content-Length is/,
  ],
  [
    'a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
    /both/,
  ],
  ['a bare LF', 'HTTP/1.1 200 OK\r\nX-A: b\nX-B: c\r\n\r\n', /not allowed/],
  ['a bare CR', 'HTTP/1.1 200 OK\r\nX-A: b\rX-B: c\r\n\r\n', /not allowed/],
  ['a NUL', 'HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n', /not allowed/],
  ['no name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n', /is no header/],
  ['a name with a space', 'HTTP/1.1 200 OK\r\nX A: b\r\n\r\n', /"X A: b" is no header/],
  ['no colon', 'HTTP/1.1 200 OK\r\nX-A\r\nX-B: c\r\n\r\n', /"X-A" is no header/],
  ['a folded line at first', 'HTTP/1.1 200 OK\r\n X-A: b\r\n\r\n', /folded/],
  ['a head without end', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}`, /more than 64 KB/],
  [
    'a size that is none',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n0\r\n\r\n',
    /"0x2" is no size/,
  ],
  [
    'a size without end',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}`,
    /has no end/,
  ],
  ['a size ended by LF', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\r\n0\r\n\r\n', /CR LF/],
  [
    'a chunk that is longer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi!\r\n0\r\n\r\n',
    /longer than it said|CR LF/,
  ],
  [
    'trailers that are none',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX T: 1\r\n\r\n',
    /is no header/,
  ],
]

describe('a reply', () => {
  it.each(replies)('with %s', (_what, text, expected, { method, upgrade }) => {
    expect(read([bytes(text)], method, upgrade)).toMatchObject({
      error: undefined,
      surplus: false,
      ...expected,
    })
  })

  it('reads the same however it is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...replies),
        fc.array(fc.nat({ max: 200 }), { maxLength: 8 }),
        ([, text, , { method, upgrade }], cuts) => {
          const whole = bytes(text)
          const at = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length]
          const pieces = at.slice(1).map((end, i) => whole.subarray(at[i], end))
          expect(read(pieces, method, upgrade)).toEqual(read([whole], method, upgrade))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it.each(replies)('with %s byte by byte', (_what, text, _expected, { method, upgrade }) => {
    const whole = bytes(text)
    const pieces = [...whole.keys()].map((i) => whole.subarray(i, i + 1))
    expect(read(pieces, method, upgrade)).toEqual(read([whole], method, upgrade))
  })

  it.each(refused)('is refused with %s', (_what, text, message) => {
    expect(read([bytes(text)]).error).toMatch(message)
    const whole = bytes(text)
    expect(read([...whole.keys()].map((i) => whole.subarray(i, i + 1))).error).toMatch(message)
  })
})
