/** RESP is read the same however its bytes are cut, and bad bytes get the server's own words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BrokenReply, ReplyScanner } from '../../../src/protocols/redis/resp/reply-scanner.ts'
import { RequestParser } from '../../../src/protocols/redis/resp/request-parser.ts'
import {
  decodeReply,
  encodeCommand,
  encodeReply,
  type Resp,
  types,
} from '../../../src/protocols/redis/resp/value.ts'

const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value))
const command = fc.array(bytes, { minLength: 1, maxLength: 6 })

/** `whole` in pieces that end at `cuts`. */
const pieces = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
    (a, b) => a - b,
  )
  // A copy each, because a socket's chunks are not views of one buffer.
  return places.slice(1).map((to, i) => Buffer.from(whole.subarray(places[i], to)))
}

const everyByte = (whole: Buffer): Buffer[] => Array.from(whole, (byte) => Buffer.from([byte]))

const readAll = (chunks: readonly Buffer[]) => {
  const parser = new RequestParser()
  const commands: string[][] = []
  let raw = ''
  for (const chunk of chunks) {
    parser.feed(chunk)
    while (parser.next() === 'command') {
      raw += parser.source.toString('latin1', parser.from, parser.to)
      commands.push(
        Array.from({ length: parser.argc }, (_none, i) =>
          parser.source.toString('latin1', parser.starts[i], parser.ends[i]),
        ),
      )
    }
    if (parser.error !== '') break
  }
  return { commands, raw, error: parser.error, pending: parser.pending }
}

describe('commands', () => {
  it('are the same in any pieces, and so are their bytes', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 8 }), fc.array(fc.nat()), (commands, cuts) => {
        const whole = Buffer.concat(commands.map(encodeCommand))
        const wanted = {
          commands: commands.map((args) => args.map((arg) => arg.toString('latin1'))),
          raw: whole.toString('latin1'),
          error: '',
          pending: 0,
        }
        expect(readAll(pieces(whole, cuts))).toEqual(wanted)
        expect(readAll(everyByte(whole))).toEqual(wanted)
      }),
    )
  })

  it('may have a million arguments, in chunks as a socket gives them', () => {
    const whole = Buffer.concat([
      Buffer.from('*1000001\r\n$4\r\nMSET\r\n'),
      Buffer.from('$1\r\na\r\n'.repeat(1e6)),
    ])
    const cuts = Array.from({ length: Math.floor(whole.length / 65_536) }, (_none, i) => (i + 1) * 65_536)
    const { commands, pending } = readAll(pieces(whole, cuts))
    expect([commands.length, commands[0]!.length, pending]).toEqual([1, 1_000_001, 0])
  })

  it.each([
    ['PING\r\n', [['PING']]],
    [
      '  SET  a   b \n\r\n\r\nGET a\r\n',
      [
        ['SET', 'a', 'b'],
        ['GET', 'a'],
      ],
    ],
    ["SET \"a\\x41\\n\\q\" 'it\\'s'\r\n", [['SET', 'aA\nq', "it's"]]],
    ['SET a ""\r\n', [['SET', 'a', '']]],
    ['*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n', [['PING']]],
  ])('inline and empty ones: %j', (text, wanted) => {
    expect(readAll([Buffer.from(text)]).commands).toEqual(wanted)
    expect(readAll(everyByte(Buffer.from(text))).commands).toEqual(wanted)
  })

  it.each([
    ['*3000000000\r\n', 'invalid multibulk length'],
    ['*x\r\n', 'invalid multibulk length'],
    ['*01\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*1\r\nPING\r\n', "expected '$', got 'P'"],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$abc\r\n', 'invalid bulk length'],
    [`*${'1'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(70_000)}`, 'too big bulk count string'],
    ['x'.repeat(70_000), 'too big inline request'],
    ['SET "a b\r\n', 'unbalanced quotes in request'],
    ['SET "a"b\r\n', 'unbalanced quotes in request'],
    ['*1\r\n'.repeat(1e6), "expected '$', got '*'"],
  ])('that are wrong: %#', (text, error) => {
    expect(readAll([Buffer.from(text)]).error).toBe(`Protocol error: ${error}`)
    if (text.length < 1_000) expect(readAll(everyByte(Buffer.from(text))).error).toContain(error)
  })

  it('hold no memory for a length that is only announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const parsers = Array.from({ length: 100 }, () => {
      const parser = new RequestParser()
      parser.feed(Buffer.from('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$536870912\r\nhalf'))
      expect(parser.next()).toBe('more')
      return parser
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
    expect(parsers.length).toBe(100)
  })
})

const line = fc.stringMatching(/^[a-z0-9 ]{0,12}$/).map((text) => Buffer.from(text))
const { reply } = fc.letrec<{ reply: Resp }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    fc.record({
      type: fc.constantFrom(...Array.from('+-:,#(', (c) => c.charCodeAt(0))),
      text: line,
      items: fc.constant(undefined),
    }),
    fc.record({
      type: fc.constantFrom(36, 61, 33),
      text: fc.option(bytes, { nil: undefined }),
      items: fc.constant(undefined),
    }),
    fc.constant({ type: types.null, text: undefined, items: undefined }),
    fc.record({
      type: fc.constantFrom(42, 126, 62),
      text: fc.constant(undefined),
      items: fc.option(fc.array(tie('reply'), { maxLength: 4 }), { nil: undefined }),
    }),
    fc.record({
      type: fc.constant(37),
      text: fc.constant(undefined),
      items: fc.array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 3 }).map((pairs) => pairs.flat()),
    }),
  ),
}))
const attributed = fc
  .tuple(reply, fc.option(fc.tuple(reply, reply), { nil: undefined }))
  .map(([value, attributes]) => (attributes === undefined ? value : { ...value, attributes }))

/** The frames that a scanner finds. */
const frames = (chunks: readonly Buffer[]): Buffer[] => {
  const scanner = new ReplyScanner()
  const found: Buffer[] = []
  let held = Buffer.alloc(0)
  for (const chunk of chunks) {
    let at = 0
    while (at < chunk.length) {
      const end = scanner.scan(chunk, at)
      held = Buffer.concat([held, chunk.subarray(at, end < 0 ? chunk.length : end)])
      if (end < 0) break
      found.push(held)
      held = Buffer.alloc(0)
      at = end
    }
  }
  expect(scanner.within).toBe(held.length > 0)
  return found
}

describe('replies', () => {
  it('end at the same places in any pieces, and are the same when they are made again', () => {
    fc.assert(
      fc.property(fc.array(attributed, { maxLength: 6 }), fc.array(fc.nat()), (replies, cuts) => {
        const wanted = replies.map(encodeReply)
        const whole = Buffer.concat(wanted)
        for (const chunks of [[whole], pieces(whole, cuts), everyByte(whole)]) {
          expect(frames(chunks.filter(({ length }) => length > 0))).toEqual(wanted)
        }
        expect(wanted.map((frame) => encodeReply(decodeReply(frame)))).toEqual(wanted)
      }),
    )
  })

  it('may nest a million deep where nobody looks inside, and are refused where somebody does', () => {
    const deep = Buffer.from(`${'*1\r\n'.repeat(1e6)}:1\r\n`)
    expect(new ReplyScanner().scan(deep, 0)).toBe(deep.length)
    expect(() => decodeReply(deep)).toThrow(RangeError)
  })

  it.each(['x1\r\n', '\r\n', '$x\r\n', '*1e3\r\n', '$99999999999999999999\r\n', '$?\r\n'])(
    'that are no RESP: %j',
    (text) => {
      expect(() => new ReplyScanner().scan(Buffer.from(text), 0)).toThrow(BrokenReply)
    },
  )
})
