/** What a run writes, what it leaves alone, and what it does when files are there already. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../src/core/exchange.ts'
import type { CleanExchange, Desensitizer } from '../../src/record/desensitizer.ts'
import { makeFolder } from '../support/spawn-workspace.ts'
import { exchange, harmless, policy, record, replayOf } from './tools.ts'

const json = ['content-type', 'application/json']
const order = (
  id: number | string,
  body: string,
  more: { search?: string; accept?: string } = {},
): Exchange =>
  exchange(
    {
      target: `/orders/${id}${more.search ?? ''}`,
      headers: more.accept === undefined ? [] : ['accept', more.accept],
    },
    { headers: json, body },
  )
const file = 'fixtures/orders/1.4.0/get.orders.{id}.yaml'
const read = (folder: string, path = file): string => readFileSync(join(folder, path), 'utf8')
const answer = async (folder: string, asked: Exchange, cases: readonly string[] = []): Promise<unknown> => {
  const reply = await (await replayOf(folder, cases))(asked)
  return reply?.kind === 'single' ? JSON.parse(Buffer.from(reply.body!).toString()) : undefined
}

describe('a fixture', () => {
  it('is a mock file that people read', () => {
    const folder = makeFolder()
    record(folder, [
      order(42, '{"id":42,"lines":[{"sku":"A-1","price":12.5}]}', {
        search: '?expand=lines',
        accept: 'application/json',
      }),
    ])
    expect(
      read(folder).replace(/sha256-[0-9a-f]{16}/, 'sha256-…'),
    ).toBe(`# Recorded by svc-mock. Edit it, and recording keeps it as you left it.
# content: sha256-…
service: orders
version: '1.4.0'
mocks:
  - request:
      method: GET
      path: /orders/42
      query:
        expand: lines
      headers:
        accept: application/json
    response:
      status: 200
      headers:
        content-type: application/json
      body:
        id: 42
        lines:
          - sku: A-1
            price: 12.5
`)
  })

  it('is the same text whatever order the calls came in', () => {
    const calls = [
      order(1, '{"a":1}'),
      order(2, '{"a":2}'),
      order(2, '{"a":3}', { search: '?x=1' }),
      order(3, '{}'),
    ]
    const [one, other] = [makeFolder(), makeFolder()]
    record(one, calls)
    record(other, calls.toReversed())
    expect(read(other)).toBe(read(one))
  })

  it('holds identical exchanges once, and differing answers in turn', async () => {
    const folder = makeFolder()
    const report = record(folder, [
      order(1, '{"s":1}'),
      order(1, '{"s":1}'),
      order(1, '{"s":2}'),
      order(1, '{"s":2}'),
      order(1, '{"s":1}'),
    ])
    expect(report).toMatchObject({ calls: 5, distinct: 3, fixtures: [{ requests: 1, answers: 3 }] })
    const replay = await replayOf(folder)
    const states: unknown[] = []
    for (let i = 0; i < 4; i++) {
      const reply = await replay(order(1, ''))
      states.push(reply?.kind === 'single' && JSON.parse(Buffer.from(reply.body!).toString()).s)
    }
    expect(states).toEqual([1, 2, 1, 1])
  })

  it('takes answers that differ in times and ids for one', () => {
    const folder = makeFolder()
    const at = Date.UTC(2026, 0, 2)
    const calls = [1, 2, 3].map((n) =>
      order(
        1,
        JSON.stringify({ ok: true, now: at + n, traceId: `a1b2c3d${n}`, at: new Date(at + n).toISOString() }),
      ),
    )
    expect(record(folder, calls, { at })).toMatchObject({ distinct: 1 })
  })

  it('leaves fields open that differ from call to call, and says which', async () => {
    const folder = makeFolder()
    const at = Date.UTC(2026, 0, 2)
    const ask = (nonce: string, ts: number, mine: string): Exchange =>
      exchange(
        {
          method: 'POST',
          target: `/pay?_=${ts}&sign=${nonce}`,
          headers: json,
          body: JSON.stringify({ amount: 5, meta: { nonceStr: nonce, timestamp: ts, mine } }),
        },
        { headers: json, body: '{"paid":true}' },
      )
    const report = record(folder, [ask('a1b2c3d4', at, 'x1')], {
      at,
      policy: { ...policy, volatile: new Set(['mine']) },
    })
    expect(report.fixtures[0]!.volatile).toEqual([
      { place: 'query._', kind: 'timestamp' },
      { place: 'query.sign', kind: 'signature' },
      { place: 'body.meta.nonceStr', kind: 'nonce' },
      { place: 'body.meta.timestamp', kind: 'timestamp' },
      { place: 'body.meta.mine', kind: 'listed' },
    ])
    expect(await answer(folder, ask('ffffff99', at + 86_400_000, 'other'))).toEqual({ paid: true })
  })

  it('lets only headers count that are listed', async () => {
    const folder = makeFolder()
    const ask = (region: string): Exchange =>
      exchange(
        { headers: ['X-Region', region, 'X-Other', region] },
        { headers: json, body: `{"r":"${region}"}` },
      )
    record(folder, [ask('eu'), ask('cn')], { policy: { ...policy, headers: ['x-region'] } })
    expect(read(folder, 'fixtures/orders/1.4.0/get.orders.yaml')).not.toContain('other')
    expect(await answer(folder, ask('eu'))).toEqual({ r: 'eu' })
    expect(await answer(folder, ask('cn'))).toEqual({ r: 'cn' })
  })

  it('keeps large and binary bodies in files of their own, byte for byte', async () => {
    const folder = makeFolder()
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256))
    const large = JSON.stringify({ mocks: Array.from({ length: 6000 }, (_, i) => i) })
    const pdf = exchange({ target: '/label' }, { headers: ['content-type', 'application/pdf'], body: bytes })
    const list = exchange({ target: '/list' }, { headers: json, body: large })
    record(folder, [pdf, list])
    const names = readdirSync(join(folder, 'fixtures/orders/1.4.0')).sort()
    expect(names).toEqual([
      expect.stringMatching(/^get\.label\.body-[0-9a-f]{8}\.pdf$/),
      'get.label.yaml',
      // JSON with a top-level `mocks` would be read as a mock file.
      expect.stringMatching(/^get\.list\.body-[0-9a-f]{8}\.txt$/),
      'get.list.yaml',
    ])
    const replay = await replayOf(folder)
    const [label, listed] = [await replay(pdf), await replay(list)]
    expect(label?.kind === 'single' && Buffer.from(label.body!).equals(bytes)).toBe(true)
    expect(listed?.kind === 'single' && Buffer.from(listed.body!).toString()).toBe(large)
  })

  it('shows text of another charset as UTF-8 and says so', () => {
    const folder = makeFolder()
    const gbk = Buffer.from([0xd6, 0xd0, 0xce, 0xc4])
    record(folder, [exchange({}, { headers: ['content-type', 'text/plain; charset=GBK'], body: gbk })])
    const text = read(folder, 'fixtures/orders/1.4.0/get.orders.yaml')
    expect(text).toContain('content-type: text/plain; charset=utf-8')
    expect(text).toContain('body: 中文')
  })

  it('is not made of what says nothing', () => {
    const folder = makeFolder()
    const report = record(folder, [exchange({}, { status: 304 })])
    expect(report.skipped).toEqual({ 'orders: 304 says nothing about the content': 1 })
    expect(report.files).toBe(0)
  })
})

describe('when a file is there already', () => {
  const before = order(1, '{"run":1}')
  const again = order(1, '{"run":2}')
  const unseen = order(2, '{"run":2}')
  const second = (mode: 'once' | 'new_episodes' | 'all' | 'none') => {
    const folder = makeFolder()
    record(folder, [before])
    const report = record(folder, [again, unseen], { mode })
    return { folder, kept: report.fixtures[0]!.kept, text: read(folder) }
  }

  it('once leaves it', async () => {
    const { folder, kept } = second('once')
    expect(kept).toBe('exists')
    expect(await answer(folder, before)).toEqual({ run: 1 })
    expect(await answer(folder, unseen)).toBeUndefined()
  })

  it('new_episodes adds requests that it does not know', async () => {
    const { folder, kept } = second('new_episodes')
    expect(kept).toBeUndefined()
    expect(await answer(folder, before)).toEqual({ run: 1 })
    expect(await answer(folder, unseen)).toEqual({ run: 2 })
  })

  it('all replaces it', async () => {
    const { folder } = second('all')
    expect(await answer(folder, before)).toEqual({ run: 2 })
    expect(await answer(folder, unseen)).toEqual({ run: 2 })
  })

  it('none writes nothing, and says what it would', () => {
    const folder = makeFolder()
    const report = record(folder, [before], { mode: 'none' })
    expect(report.fixtures).toMatchObject([{ requests: 1, kept: 'none' }])
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['once', 'new_episodes', 'all'] as const)(
    '%s keeps one that a person has edited, and reports it',
    (mode) => {
      const folder = makeFolder()
      record(folder, [before])
      const edited = read(folder).replace('run: 1', 'run: 7')
      writeFileSync(join(folder, file), edited)
      const report = record(folder, [again, unseen], { mode })
      expect(report.fixtures[0]!.kept).toBe('edited')
      expect(read(folder)).toBe(edited)
    },
  )

  it('an edited body file makes it edited, other line ends do not', () => {
    const folder = makeFolder()
    const bytes = Buffer.alloc(1000, 1)
    const call = exchange({ target: '/orders/9' }, { headers: ['content-type', 'image/png'], body: bytes })
    record(folder, [call])
    writeFileSync(join(folder, file), read(folder).replaceAll('\n', '\r\n'))
    expect(record(folder, [call], { mode: 'all' }).fixtures[0]!.kept).toBeUndefined()
    const body = readdirSync(join(folder, 'fixtures/orders/1.4.0')).find((name) => name.endsWith('.png'))!
    writeFileSync(join(folder, 'fixtures/orders/1.4.0', body), 'mine')
    expect(record(folder, [call], { mode: 'all' }).fixtures[0]!.kept).toBe('edited')
  })

  it('replacing removes bodies that nothing names any more, and what a killed run left', () => {
    const folder = makeFolder()
    const call = (fill: number): Exchange =>
      exchange(
        { target: '/orders/9' },
        { headers: ['content-type', 'image/png'], body: Buffer.alloc(1000, fill) },
      )
    record(folder, [call(1)])
    writeFileSync(join(folder, 'fixtures/orders/1.4.0/.svc-mock-4711-1.tmp'), 'half')
    record(folder, [call(2)], { mode: 'all' })
    expect(readdirSync(join(folder, 'fixtures/orders/1.4.0'))).toHaveLength(2)
  })
})

describe('cases', () => {
  const call = (n: number): Exchange => order(1, `{"balance":${n}}`)

  it('stand in files of their own and are selected by name', async () => {
    const folder = makeFolder()
    record(folder, [call(0)], { case: 'without-balance' })
    record(folder, [call(500)], { case: 'with-balance' })
    record(folder, [call(7)])
    expect(await answer(folder, call(1), ['with-balance'])).toEqual({ balance: 500 })
    expect(await answer(folder, call(1), ['without-balance'])).toEqual({ balance: 0 })
    rmSync(join(folder, 'fixtures/orders/1.4.0/get.orders.{id}@with-balance.yaml'))
    expect(await answer(folder, call(1), ['with-balance'])).toEqual({ balance: 7 })
  })
})

describe('values that are recognised late', () => {
  /** Knows a name only once it has seen it under its own field. */
  const learning = (): Desensitizer => {
    const known = new Set<string>()
    const masked = (text: string): string =>
      [...known].reduce((all, name) => all.replaceAll(name, 'FAKE'), text)
    const clean = (given: Exchange): CleanExchange => {
      const bytes = given.reply.bodies.map((body) =>
        body.kind === 'bytes' ? Buffer.from(body.bytes).toString() : '',
      )
      for (const text of bytes) for (const [, name] of text.matchAll(/"secret":"(\w+)"/g)) known.add(name!)
      return {
        ...given,
        operation: masked(given.operation),
        request: { ...given.request, target: masked(given.request.target!) },
        reply: {
          ...given.reply,
          bodies: bytes.map((text) => ({ kind: 'bytes', bytes: Buffer.from(masked(text)) })),
        },
      } as unknown as CleanExchange
    }
    return {
      ...harmless,
      clean: (given) => ({ kind: 'clean', exchange: clean(given), masked: [] }),
      revise: (given) => {
        const again = clean(given)
        return JSON.stringify(again) === JSON.stringify(given)
          ? undefined
          : { kind: 'clean', exchange: again, masked: [] }
      },
    }
  }

  it('go from files that this run has written, names of files included', async () => {
    const folder = makeFolder()
    const early = exchange({ target: '/by-name/wangwu' }, { headers: json, body: '{"note":"for wangwu"}' })
    const late = exchange({ target: '/profile' }, { headers: json, body: '{"secret":"wangwu"}' })
    const { FixtureStore } = await import('../../src/record/fixture-store.ts')
    const { Recording } = await import('../../src/record/recording.ts')
    const { dialects } = await import('./tools.ts')
    const store = new FixtureStore({ folder: join(folder, 'fixtures'), mode: 'once', namesReal: () => false })
    const recording = new Recording({ desensitizer: learning(), dialects, policy, store })
    const take = (one: Exchange): void => {
      recording.take({ exchange: one, at: 0, case: undefined })
    }
    take(early)
    recording.flush()
    expect(everything(folder)).toContain('wangwu')
    take(late)
    recording.finish()
    expect(everything(folder)).not.toContain('wangwu')
    expect(everything(folder)).toContain('for FAKE')
  })
})

const everything = (folder: string): string =>
  readdirSync(join(folder, 'fixtures'), { recursive: true, withFileTypes: true })
    .map(
      (entry) =>
        entry.name + (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'utf8') : ''),
    )
    .join('\n')

it('what fails in the desensitizer is never written', () => {
  const folder = makeFolder()
  mkdirSync(join(folder, 'fixtures'))
  const report = record(folder, [order(1, '{"a":1}')], {
    desensitizer: {
      ...harmless,
      clean: () => {
        throw new Error('13800138000')
      },
    },
  })
  expect(report.quarantine).toMatchObject([
    { operation: 'an operation that cannot be shown', reason: 'the desensitizer failed', count: 1 },
  ])
  expect(JSON.stringify(report)).not.toContain('13800138000')
  expect(readdirSync(join(folder, 'fixtures'))).toEqual([])
})
