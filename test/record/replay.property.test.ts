/** What was recorded answers the same call again, whatever it held. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/core/json.ts'
import { firstValue } from '../../src/core/metadata.ts'
import type { Reply } from '../../src/core/reply.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { exchange, type Got, record, replayOf, type Sent } from './tools.ts'

const json = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '{"id": 9007199254740993, "price": 1.50, "e": 1e3, "neg": -0}',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1},"$ref":"#","${{ x }}":"${{ y }}","10":1,"2":2}',
    '"text"',
    'null',
    '[]',
    '[[],{},"",null,true]',
    '{"s":"line\\nbreak\\r\\n","u":"\\ud800","n":"007"}',
  ),
)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.lorem({ mode: 'sentences' }),
  fc.constantFrom('a\r\nb\r\n', 'a: b\n- c\n', '${{ now() }}', ' \n x', '<a>\n  <b/>\n</a>\n', '\n'),
)
const bytes = fc.uint8Array({ minLength: 1, maxLength: 2000 })

const reply: fc.Arbitrary<Got> = fc
  .record({
    status: fc.constantFrom(200, 201, 204, 302, 404, 422, 500),
    content: fc.oneof(
      fc.record({
        type: fc.constantFrom('application/json', 'application/problem+json; charset=utf-8'),
        body: json,
      }),
      fc.record({
        type: fc.constantFrom('text/plain', 'text/html; charset=UTF-8', 'application/xml'),
        body: text,
      }),
      fc.record({ type: fc.constantFrom('image/png', 'application/octet-stream'), body: bytes }),
    ),
    extra: fc.constantFrom<readonly string[]>(
      [],
      ['Location', '/orders/7'],
      ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
    ),
    gzip: fc.boolean(),
  })
  .map(({ status, content, extra, gzip }) => ({
    status,
    headers: ['Content-Type', content.type, 'Date', 'now', ...extra],
    body: status === 204 ? undefined : content.body,
    gzip,
  }))

const segment = fc.oneof(
  fc.constantFrom('orders', 'v1', '42', 'A-17', '{id}', '..', '%2F', '%E4%B8%AD', 'con', 'x y'),
  fc.webSegment(),
)
const pairs = fc.array(
  fc.tuple(
    fc.constantFrom('page', 'q', 'expand', '$filter', 'timestamp', '中'),
    fc.oneof(fc.string(), fc.constantFrom('1', '007', 'true')),
  ),
  { maxLength: 3 },
)

const request: fc.Arbitrary<Sent> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PROPFIND'),
    path: fc.array(segment, { maxLength: 4 }),
    query: pairs,
    accept: fc.constantFrom('*/*', 'application/json', 'text/html, */*;q=0.1'),
    content: fc.oneof(
      fc.record({ type: fc.constantFrom('application/json', 'text/plain'), body: json }),
      fc.record({
        type: fc.constant('application/x-www-form-urlencoded'),
        body: pairs.map((all) => new URLSearchParams(all).toString()),
      }),
      fc.record({ type: fc.constant('text/plain'), body: text }),
      fc.record({ type: fc.constant('application/octet-stream'), body: bytes }),
    ),
  })
  .map(({ method, path, query, accept, content }) => ({
    method,
    target: `/${path.map((each) => (each.includes('%') ? each : encodeURIComponent(each))).join('/')}${query.length === 0 ? '' : `?${new URLSearchParams(query)}`}`,
    headers: ['Accept', accept, ...(method === 'GET' ? [] : ['Content-Type', content.type])],
    body: method === 'GET' ? undefined : content.body,
  }))

/** Bytes as they leave; JSON counts by its value, numbers by their digits. */
const shown = (status: number | undefined, headers: readonly string[], body: Uint8Array | string) => {
  const read = parseJson(Buffer.from(body).toString())
  const type = firstValue(headers, 'content-type')
  const isJson = type?.includes('json') === true && read.ok
  return {
    status,
    type: Buffer.from(body).length === 0 ? undefined : type,
    location: firstValue(headers, 'location'),
    cookies: headers.filter((_, i) => headers[i - (i % 2)]!.toLowerCase() === 'set-cookie' && i % 2 === 1),
    body: isJson ? read.value : Buffer.from(body).toString('latin1'),
  }
}

const shownReply = (answered: Reply | undefined) => {
  if (answered?.kind !== 'single') return undefined
  return shown(answered.status, answered.metadata, answered.body ?? '')
}

describe('a recorded call', () => {
  it('is answered as it was: status, headers that count, body', async () => {
    const folder = makeFolder()
    await fc.assert(
      fc.asyncProperty(request, reply, async (sent, got) => {
        rmSync(join(folder, 'fixtures'), { recursive: true, force: true })
        const recorded = exchange(sent, got)
        const report = record(folder, [recorded])
        expect(report.skipped).toEqual({})
        const replay = await replayOf(folder)
        const again = shownReply(await replay(recorded))
        expect(again).toEqual(shown(got.status, got.headers!, got.body ?? ''))
      }),
      { numRuns: 400 },
    )
  }, 60_000)

  it('is told from other calls of its operation', async () => {
    const folder = makeFolder()
    const one = fc
      .tuple(
        fc.constantFrom('?page=1', '?page=2', '?page=1&q=', '', '?q=a&q=b', '?q=b'),
        fc.constantFrom(
          '{}',
          '{"a":{}}',
          '{"a":{"b":1}}',
          '{"a":[]}',
          '[]',
          '[{}]',
          '{"a":null}',
          '{"a":"1"}',
          '{"a":1}',
          '1',
          'a=1',
          '',
        ),
      )
      .map(([search, body]) => ({ search, body }))
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(one, { selector: (each) => JSON.stringify(each), minLength: 2, maxLength: 8 }),
        async (all) => {
          rmSync(join(folder, 'fixtures'), { recursive: true, force: true })
          const headers = ['Content-Type', 'application/json']
          const exchanges = all.map(({ search, body }, i) =>
            exchange(
              { method: 'POST', target: `/orders${search}`, headers, body },
              { headers, body: `{"answer":${i}}` },
            ),
          )
          record(folder, exchanges)
          const replay = await replayOf(folder)
          for (const [i, each] of exchanges.entries())
            expect(shownReply(await replay(each))?.body).toEqual({ answer: i })
        },
      ),
      { numRuns: 300 },
    )
  }, 60_000)
})
