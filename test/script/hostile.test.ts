/** Scripts that try to get out, or to harm others: nothing gets out, and the next call is as it should be. */
import { describe, expect, it } from 'vitest'
import { scripted } from './scripted.ts'

const returning = (expression: string): string =>
  `export default (request, tools) => ({ body: { got: ${expression} } })`

const probes: Readonly<Record<string, string>> = {
  globals: returning(
    '[typeof process, typeof require, typeof WebAssembly, typeof SharedArrayBuffer, typeof Atomics, typeof fetch, typeof setTimeout, typeof Buffer].join()',
  ),
  constructor: returning("tools.log.constructor.constructor('return typeof process + typeof require')()"),
  caller: returning("tools.state.get.constructor('return this')() === globalThis"),
  hostFunction: returning(
    "(() => { try { return tools.hash.call(null, { toString: () => 'sha256' }, 'a').length } catch (e) { return e.constructor.constructor('return typeof process')() } })()",
  ),
}

describe('nothing gets out', () => {
  it.each([
    ['globals', 'undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined'],
    ['constructor', 'undefinedundefined'],
    ['caller', true],
    ['hostFunction', 64],
  ])('by %s', async (name, got) => {
    const { ask } = await scripted({ '/x': probes[name]! })
    expect((await ask('/x')).body).toEqual({ got })
  })

  it('by dynamic import', async () => {
    const { ask } = await scripted({
      '/x': "export default async () => ({ body: { got: await import('node:fs').then(() => 'in', () => 'refused') } })",
    })
    const { body } = await ask('/x')
    expect(body['got'] ?? body.code).toMatch(/refused|SCRIPT_ERROR|SCRIPT_TIMEOUT/)
  })

  it('by import of what is not in the library', async () => {
    await expect(scripted({ '/x': "import fs from 'node:fs'\nexport default () => ({})" })).rejects.toThrow(
      'mistake',
    )
    await expect(
      scripted({ '/x': "import x from '../../../../svc-mock.js'\nexport default () => ({})" }),
    ).rejects.toThrow('mistake')
  })
})

const hostile: readonly (readonly [string, string, RegExp])[] = [
  [
    'pollutes Object.prototype',
    'export default () => { Object.prototype.status = 500; return {} }',
    /SCRIPT_ERROR/,
  ],
  [
    'pollutes by __proto__',
    'export default (request) => { ({}).__proto__.then = 1; return {} }',
    /SCRIPT_ERROR/,
  ],
  [
    'replaces JSON.stringify',
    'export default () => { JSON.stringify = () => "x"; return {} }',
    /SCRIPT_ERROR/,
  ],
  [
    'replaces Promise.prototype.then',
    'export default () => { Promise.prototype.then = 1; return {} }',
    /SCRIPT_ERROR/,
  ],
  ['leaves a global', 'export default () => { globalThis.leak = 1; return {} }', /SCRIPT_ERROR/],
  ['returns a getter that loops', 'export default () => ({ get body() { for (;;); } })', /SCRIPT_TIMEOUT/],
  [
    'returns a getter that throws',
    'export default () => ({ get body() { throw new Error("no") } })',
    /SCRIPT_BAD_RESULT/,
  ],
  [
    'returns a proxy without end',
    'export default () => new Proxy({}, { ownKeys: () => { for (;;); } })',
    /SCRIPT_TIMEOUT/,
  ],
  [
    'returns a thenable that never settles a stretch',
    'export default () => ({ then() { for (;;); } })',
    /SCRIPT_TIMEOUT/,
  ],
  ['returns a circle', 'export default () => { const a = {}; a.body = a; return a }', /SCRIPT_BAD_RESULT/],
  [
    'returns __proto__',
    'export default () => JSON.parse(\'{"__proto__":{"status":500},"body":1}\')',
    /SCRIPT_BAD_RESULT/,
  ],
  [
    'throws what cannot be shown',
    'export default () => { throw { get stack() { throw 1 }, get message() { for (;;); } } }',
    /SCRIPT_(ERROR|TIMEOUT)/,
  ],
  ['recurses for ever', 'export default () => { const f = () => f() + 1; return f() }', /SCRIPT_ERROR/],
  ['backtracks', 'export default () => ({ body: /(a+)+b/.test("a".repeat(40)) })', /SCRIPT_TIMEOUT/],
  ['doubles a text', 'export default () => { let s = "x"; for (;;) s += s }', /SCRIPT_ERROR/],
  [
    'fills buffers',
    'export default () => { const a = []; for (;;) a.push(new Uint8Array(1e7)) }',
    /SCRIPT_(ERROR|MEMORY|TIMEOUT)/,
  ],
  [
    'fills the heap',
    'export default () => ({ body: new Array(2 ** 25).fill(0).map((_, i) => i).sort().length })',
    /SCRIPT_(MEMORY|ISOLATE_LOST|TIMEOUT)/,
  ],
  [
    'fills the heap by a loop that V8 does not end',
    'export default () => { const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length)) }',
    /SCRIPT_(MEMORY|ISOLATE_LOST|TIMEOUT)/,
  ],
  [
    'makes V8 end its process',
    'export default () => ({ body: "x".repeat(2 ** 29 - 30).split("").length })',
    // On a busy machine it is still on its way there when it is given up.
    /SCRIPT_(ISOLATE_LOST|MEMORY|TIMEOUT)/,
  ],
  ['throws null while its module is evaluated', 'throw null\nexport default () => ({})', /SCRIPT_ERROR/],
  [
    'throws an error whose message loops while its module is evaluated',
    'throw new (class extends Error { get message() { for (;;); } })()\nexport default () => ({})',
    /SCRIPT_TIMEOUT/,
  ],
  [
    'waits while its module is evaluated',
    'await new Promise(() => {})\nexport default () => ({})',
    /SCRIPT_ERROR/,
  ],
  [
    'waits for the collection of garbage',
    'const r = new FinalizationRegistry(() => { for (;;); })\nexport default () => { for (let i = 0; i < 1000; i++) r.register({ a: new Array(1000) }, 1); return {} }',
    /SCRIPT_ERROR/,
  ],
  [
    'asks for more than it waits for',
    'export default async (request, { state }) => { let last; for (let i = 0; i < 1001; i++) last = state.incr("n"); await last }',
    /SCRIPT_ERROR/,
  ],
  [
    'sleeps without end, many times',
    'export default (request, { sleep }) => Promise.all(Array.from({ length: 1001 }, () => sleep(3e6)))',
    /SCRIPT_ERROR/,
  ],
  [
    'keeps a long text',
    'export default async (request, { state }) => { await state.set("a", "x".repeat(2 ** 28)) }',
    /SCRIPT_ERROR/,
  ],
  [
    'hashes a long text',
    'export default (request, { hash }) => hash("md5", "x".repeat(2 ** 28))',
    /SCRIPT_ERROR/,
  ],
  ['returns what is no map', 'export default function* () { yield 1 }', /SCRIPT_BAD_RESULT/],
  [
    'says that its mistake is far to the right',
    'export default () => { throw Object.assign(new Error("q"), {\nstack: new Error().stack.replace(/:\\d+:\\d+/g, ":1:400000000") }) }',
    /SCRIPT_ERROR/,
  ],
  [
    'says that its mistake is in a file of another place',
    'export default () => { throw Object.assign(new Error("q"), { stack: "at (../../../svc-mock.yaml:1:1)\\nat (\\0.js:1:1)" }) }',
    /SCRIPT_ERROR/,
  ],
  [
    'changes what has no name of its own',
    'export default () => { Object.getPrototypeOf([].values().map((x) => x)).next = 1; return {} }',
    /SCRIPT_ERROR/,
  ],
  [
    'asks the real service many times at once',
    'export default (request, { forward }) => Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(() => forward()))',
    /SCRIPT_ERROR/,
  ],
  [
    'promises for ever',
    'export default () => { const t = { then: (ok) => ok(t) }; return t }',
    /SCRIPT_TIMEOUT/,
  ],
  [
    'sends a header that would begin another',
    'export default () => ({ headers: { "x-a": "b\\r\\nx-c: d" } })',
    /SCRIPT_BAD_RESULT/,
  ],
  [
    'names a file of another place',
    'export default () => ({ bodyFile: "../../../../../../../../etc/passwd" })',
    /SCRIPT_BAD_RESULT/,
  ],
  [
    'stays in a built-in function',
    'export default () => ({ body: new Array(2 ** 32 - 1).fill(0).length })',
    /SCRIPT_TIMEOUT/,
  ],
]

/** After as many calls that took no time an isolate is entered on the thread that serves all of them. */
const quickCalls = 40

describe.each([
  ['a script', 0],
  ['a script of a library that was quick so far', quickCalls],
])('others are unharmed when %s', (_title, before) => {
  it.each(hostile)('%s', async (_name, source, code) => {
    const { ask } = await scripted({
      '/hostile': source,
      '/quick': 'export default () => ({ body: 1 })',
      '/good':
        'export default async (request, { sleep }) => { await sleep(5); return { body: { ok: Object.keys({}).length } } }',
    })
    for (let i = 0; i < before; i++) await ask('/quick')
    expect((await ask('/good')).body).toEqual({ ok: 0 })
    const [bad, good, still] = await Promise.all([ask('/hostile'), ask('/good'), ask('/static')])
    expect(bad.body.code).toMatch(code)
    expect([good.body, still.body]).toEqual([{ ok: 0 }, { ok: true }])
    expect((await ask('/good')).body).toEqual({ ok: 0 })
  })
})

describe('a script', () => {
  it('throws what is no error while its module is evaluated, and is told so', async () => {
    const { ask } = await scripted({
      '/text': 'throw "no stock"\nexport default () => ({})',
      '/null': 'throw null\nexport default () => ({})',
      '/wait': 'await new Promise(() => {})\nexport default () => ({})',
    })
    const titles = await Promise.all(
      ['/text', '/null', '/wait'].map(async (path) => (await ask(path)).body.title),
    )
    expect(titles).toEqual([
      expect.stringMatching(/: threw no stock$/),
      expect.stringMatching(/: threw null$/),
      expect.stringMatching(/await is for functions only$/),
    ])
  })

  it('ends the process, and those that wait run again beside each other', async () => {
    const { ask, test } = await scripted({
      '/hostile': 'export default () => ({ body: "x".repeat(2 ** 29 - 30).split("").length })',
      '/meet': `let here = 0, all
const meeting = new Promise((resolve) => { all = resolve })
export default async (request, { sleep }) => {
  if (++here === 12) all()
  await Promise.race([meeting, sleep(4000)])
  return { body: { here } }
}`,
      '/one': 'export default async (request, { sleep }) => { await sleep(1); return {} }',
    })
    await ask('/one')
    const waiting = Array.from({ length: 11 }, () => ask('/meet'))
    const bad = await ask('/hostile')
    expect(bad.body.code).toMatch(/SCRIPT_(ISOLATE_LOST|MEMORY|TIMEOUT)/)
    // One after the other, none of them would ever meet the last one.
    const last = ask('/meet')
    const met = await Promise.all([...waiting, last])
    expect(met.map(({ body }) => body['here'])).toEqual(met.map(() => 12))
    expect(test.calls.filter(({ error }) => error !== undefined)).toHaveLength(1)
  })

  it('that writes state is not run twice', async () => {
    const { ask } = await scripted({
      '/x': 'export default async (request, { state }) => { await state.incr("n"); return { body: "x".repeat(2 ** 29 - 30).split("").length } }',
      '/n': 'export default async (request, { state }) => ({ body: { n: await state.get("n") } })',
    })
    expect((await ask('/x')).body.code).toBe('SCRIPT_ISOLATE_LOST')
    expect((await ask('/n')).body).toEqual({ n: 1 })
  })
})
