/** Expressions that are evaluated without a sandbox give what an isolate gives. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chanceFrom } from '../../src/core/chance.ts'
import { parseJson } from '../../src/core/json.ts'
import { evaluatePlain, plainExpression, unknown } from '../../src/core/plain-expression.ts'
import { Seeds } from '../../src/script/seeds.ts'
import { engine } from './engine.ts'
import { scripted } from './scripted.ts'

const names = ['a', 'b', 'length', 'constructor', '__proto__', 'toString', '0', 'x-y', 'at']
const value = fc.jsonValue({ maxDepth: 2 })
const body = fc.oneof(
  value,
  fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: false }),
  fc.array(value),
  fc.constantFrom('text', null, 12345678901234567890n),
)
const step = fc.oneof(
  fc.constantFrom('a', 'b', 'length', 'constructor', '__proto__', 'toString', 'at').map((name) => `.${name}`),
  fc.constantFrom('?.a', '?.b', '?.length', ' . a'),
  fc.constantFrom("['a']", '["x-y"]', '[0]', '[ 1 ]', "?.['a']", '[00]'),
)
const path = fc.array(step, { maxLength: 4 }).map((steps) => `request.body${steps.join('')}`)
const literal = fc.constantFrom(
  "'text'",
  '"t"',
  '1',
  '0',
  '12.5',
  'true',
  'null',
  'undefined',
  '1e3',
  '-1',
  '0x1',
  "'\\n'",
)
const operand = fc.oneof({ weight: 4, arbitrary: path }, literal)
const expression = fc.array(operand, { minLength: 1, maxLength: 3 }).map((operands) => operands.join(' ?? '))

const text = (given: unknown): string =>
  JSON.stringify(given, (_key, part: unknown) =>
    typeof part === 'bigint'
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(part))
      : part,
  )

describe('a plain expression', () => {
  it('gives what an isolate gives, or leaves it to the isolate', async () => {
    const { script, run } = engine()
    // One script for all, so that thousands of expressions need no compiling.
    const evaluate = script(
      "export default ({ json, source }) => { try { return ['ok', JSON.stringify(eval(source)) ?? 'null'] } catch { return ['threw'] } }",
    )
    let plain = 0
    await fc.assert(
      fc.asyncProperty(expression, body, async (source, given) => {
        const json = `{"body":${text(given)}}`
        const request = (parseJson(json) as { readonly value: Record<string, unknown> }).value
        const parsed = plainExpression(source)
        if (parsed === undefined) return
        const mine = evaluatePlain(parsed, request, { now: Date.now, chance: chanceFrom([1, 2, 3, 4]) })
        if (mine === unknown) return
        plain++
        // A BigInt has its digits by the sandbox's own JSON, which eval's caller sees as text.
        const inside = `((request) => (${source}))(json)`
        const there = await run(evaluate, { raw: `{"json":${json},"source":${JSON.stringify(inside)}}` })
        expect([source, json, ...(there as string[])]).toEqual([source, json, 'ok', mine])
      }),
      { numRuns: 1500 },
    )
    expect(plain).toBeGreaterThan(500)
  })

  it.each([
    'request',
    'request.a()',
    'request.a + 1',
    'request.a ? 1 : 2',
    'now',
    'now().length',
    'request.a ||= 1',
    'request.a ??= 1',
    'request.a; 1',
    '1 + 1',
    '`a`',
    'request.a // x',
    'requests.a',
    'request[a]',
    '12345678901234567890',
  ])('is not %s', (source) => expect(plainExpression(source)).toBeUndefined())

  it.each([
    ['request.params.id', 'params'],
    [" request.query['a b'] ?? 'none' ", 'query'],
    ['request?.body?.items[0].sku', 'body'],
    ['now()', undefined],
    ['uuid( )', undefined],
  ])('is %s', (source, field) => {
    const parsed = plainExpression(source)!
    expect(parsed.flatMap((one) => (one.kind === 'path' ? one.steps[0]!.key : []))).toEqual(
      field === undefined ? [] : [field],
    )
  })
})

describe('chance from a seed', () => {
  it('is the same here and inside', async () => {
    const { script, run } = engine(7)
    const inside = await run(
      script('export default (request, { uuid, random }) => [uuid(), random(), uuid()]'),
    )
    const chance = chanceFrom(new Seeds(7).next('m/x.yaml#s1')!)
    expect(inside).toEqual([chance.uuid(), chance.random(), chance.uuid()])
  })
})

describe('a template without a sandbox', () => {
  it('answers as one with it', async () => {
    const plain = `{ id: '\${{ request.params.id }}', q: 'q=\${{ request.query.q ?? "none" }}', item: '\${{ request.body.items[1] }}', h: '\${{ request.headers["x-h"] }}', none: '\${{ request.body.nothing }}', big: '\${{ request.body.big }}' }`
    const { ask, test } = await scripted(
      {},
      {
        'mocks/orders/1.0.0/t.yaml': `mocks:
  - request: { path: '/plain/{id}' }
    response: { body: ${plain} }
  - request: { path: '/sandbox/{id}' }
    response: { body: ${plain.replaceAll('${{ request', '${{ 0, request')} }
`,
      },
    )
    const send = async (path: string): Promise<string> =>
      (
        await fetch(`http://127.0.0.1:${test.ownPort('orders')}${path}/a%20b?q=1"`, {
          method: 'POST',
          headers: { 'x-h': 'h', 'content-type': 'application/json' },
          body: '{"items":[1,{"a":"é\\u0001"}],"big":12345678901234567890}',
        })
      ).text()
    expect(await send('/plain')).toBe(await send('/sandbox'))
    expect(await send('/plain')).toContain('"big":12345678901234567890')
    // null on the way is the isolate's to complain of, with the place.
    expect((await ask('/plain/1', { method: 'POST', body: '{}' })).body).toMatchObject({
      code: 'SCRIPT_ERROR',
      title: expect.stringContaining('mocks/orders/1.0.0/t.yaml:3:'),
    })
  })
})
