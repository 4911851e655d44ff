/** Generators: times relative to the clock, each kind of value, and where in a request they go. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HttpInteraction, readPactFile } from '../../../src/contract/formats/pact/file/pact-file.ts'
import { generateRequest } from '../../../src/contract/formats/pact/generators/apply.ts'
import { formatMoment } from '../../../src/contract/formats/pact/generators/format-moment.ts'
import { ExpressionError, moved } from '../../../src/contract/formats/pact/generators/moment.ts'
import { generated, NoValue } from '../../../src/contract/formats/pact/generators/values.ts'
import { readJson } from '../../../src/contract/formats/pact/json-value.ts'
import { datePattern } from '../../../src/contract/formats/pact/rules/date-pattern.ts'
import { realChance } from '../../../src/core/chance.ts'
import { matcher } from './tools.ts'

const moment = { at: new Date('2000-01-01T10:00:00Z'), offsetMinutes: 0 }
const tools = {
  chance: realChance,
  now: () => new Date('2026-11-21T10:30:15.250Z'),
  ruleTools: matcher.ruleTools,
}

describe('a time relative to 2000-01-01 10:00', () => {
  it.each([
    ['', '2000-01-01T10:00:00.000Z'],
    ['now', '2000-01-01T10:00:00.000Z'],
    ['yesterday', '1999-12-31T10:00:00.000Z'],
    ['tomorrow+ 4 years', '2004-01-02T10:00:00.000Z'],
    ['- 2 weeks', '1999-12-18T10:00:00.000Z'],
    ['next fortnight', '2000-01-15T10:00:00.000Z'],
    ['last month', '1999-12-01T10:00:00.000Z'],
    ['next monday', '2000-01-03T10:00:00.000Z'],
    ['next sat', '2000-01-08T10:00:00.000Z'],
    ['last wednesday', '1999-12-29T10:00:00.000Z'],
    ['last mon + 2 weeks', '2000-01-10T10:00:00.000Z'],
    ['last december + 2 weeks + 4 days', '1999-12-19T10:00:00.000Z'],
    ['next jan', '2001-01-01T10:00:00.000Z'],
    ['next june + 2 weeks', '2000-06-15T10:00:00.000Z'],
    ['@ midnight+ 4 minutes', '2000-01-01T00:04:00.000Z'],
    ["@ 2 o'clock", '2000-01-01T14:00:00.000Z'],
    ["@ 12 o'clock am", '2000-01-01T12:00:00.000Z'],
    ["@ 1 o'clock pm", '2000-01-01T13:00:00.000Z'],
    ['@ now + 2 hours - 4 minutes', '2000-01-01T11:56:00.000Z'],
    ['yesterday @ midnight - 1 hour', '1999-12-30T23:00:00.000Z'],
    ["tomorrow+ 4 years @ 3 o'clock + 40 milliseconds", '2004-01-02T15:00:00.040Z'],
    ['next week @ next hour', '2000-01-08T11:00:00.000Z'],
    ['last month @ last hour', '1999-12-01T09:00:00.000Z'],
  ])('%j', (expression, wanted) => {
    expect(moved(moment, 'DateTime', expression).at.toISOString()).toBe(wanted)
  })

  it('keeps the last day of a shorter month', () => {
    const end = { at: new Date('2024-01-31T00:00:00Z'), offsetMinutes: 0 }
    expect(moved(end, 'Date', '+ 1 month').at.toISOString()).toContain('2024-02-29')
    expect(moved(end, 'Date', '+ 13 months').at.toISOString()).toContain('2025-02-28')
  })

  it.each([
    '+',
    'now +',
    'tomorr',
    'now @ +',
    'next',
    '+ 1 hour',
    "@ 13 o'clock",
    'now @ noo',
    '+ 999999999 years',
  ])('is not %j', (expression) => {
    expect(() => moved(moment, 'DateTime', expression)).toThrow(ExpressionError)
  })
})

it('what is written by a format fits the format', () => {
  const letters = [
    ...[
      'yyyy',
      'yy',
      'M',
      'MM',
      'MMM',
      'MMMM',
      'd',
      'dd',
      'D',
      'DDD',
      'E',
      'EEEE',
      'H',
      'HH',
      'k',
      'kk',
      'h',
      'hh',
      'K',
      'm',
    ],
    ...[
      'mm',
      's',
      'ss',
      'S',
      'SSS',
      'SSSSSS',
      'a',
      'X',
      'XX',
      'XXX',
      'x',
      'xxx',
      'Z',
      'ZZZZZ',
      'z',
      'O',
      'G',
      'Q',
      'QQQ',
      'w',
      'e',
    ],
    ..."' T '|-|/|''".split('|'),
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 6 }).map((parts) => parts.join("'.'")),
      fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.integer({ min: -12 * 4, max: 14 * 4 }),
      (pattern, at, quarters) => {
        const text = formatMoment({ at, offsetMinutes: quarters * 15 }, 'DateTime', pattern)
        expect(datePattern(pattern)(text), `${pattern}: ${text}`).toBe(true)
      },
    ),
  )
  expect(() => formatMoment(moment, 'Date', 'b')).toThrow(ExpressionError)
})

const value = (
  generator: Record<string, unknown>,
  example: unknown = '',
  state: Record<string, unknown> = {},
): unknown => JSON.parse(JSON.stringify(generated(generator, example, state, tools)?.value ?? null))

describe('a generator', () => {
  it.each<[Record<string, unknown>, unknown, RegExp]>([
    [{ type: 'RandomInt', min: 5, max: 7 }, 1, /^[567]$/],
    [{ type: 'RandomInt', min: 5, max: 7 }, '1', /^"[567]"$/],
    [{ type: 'RandomInt' }, 1, /^(\d|10)$/],
    [{ type: 'RandomDecimal', digits: 6 }, 1.5, /^\d+\.\d+$/],
    [{ type: 'RandomDecimal', digits: 6 }, 'a', /^"(?=.{7}"$)\d+\.\d+"$/],
    [{ type: 'RandomHexadecimal', digits: 8 }, '', /^"[0-9A-F]{8}"$/],
    [{ type: 'RandomString', size: 12 }, '', /^"[0-9A-Za-z]{12}"$/],
    [{ type: 'RandomBoolean' }, true, /^(true|false)$/],
    [{ type: 'Uuid' }, '', /^"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"$/],
    [{ type: 'Uuid', format: 'simple' }, '', /^"[0-9a-f]{32}"$/],
    [{ type: 'Uuid', format: 'upper-case-hyphenated' }, '', /^"[0-9A-F-]{36}"$/],
    [{ type: 'Uuid', format: 'URN' }, '', /^"urn:uuid:[0-9a-f-]{36}"$/],
    [{ type: 'Regex', regex: '^[A-F]{2}-(\\d{3}|x+)$' }, '', /^"[A-F]{2}-(\d{3}|x+)"$/],
    [{ type: 'Date' }, '', /^"2026-11-\d\d"$/],
    [{ type: 'Date', format: 'dd/MM/yy', expression: '+ 1 year' }, '', /^"\d\d\/11\/27"$/],
    [{ type: 'Time', format: 'mm:ss' }, '', /^"30:15"$/],
    [{ type: 'DateTime' }, '', /^"2026-11-\d\dT\d\d:30:15\.250[+-]\d{4}"$/],
    [{ type: 'MockServerURL', example: 'a', regex: 'b' }, '', /^null$/],
  ])('%j for %j', (generator, example, wanted) => {
    expect(JSON.stringify(value(generator, example))).toMatch(wanted)
  })

  it.each<[Record<string, unknown>, unknown]>([
    [{ expression: '${id}' }, 42],
    [{ expression: 'id' }, 42],
    [{ expression: '/orders/${id}/${sub}' }, '/orders/42/a'],
    [{ expression: '${id}', dataType: 'STRING' }, '42'],
    [{ expression: '${text}', dataType: 'INTEGER' }, 7],
    [{ expression: '${text}', dataType: 'BOOLEAN' }, 'no boolean'],
    [{ expression: '${sub}', dataType: 'DECIMAL' }, 'no number'],
    [{ expression: '${yes}', dataType: 'BOOLEAN' }, true],
    [{ expression: '${gone}' }, 'gave no value for "gone"'],
    [{ expression: '${toString}' }, 'gave no value'],
  ])('of the provider state: %j', (generator, wanted) => {
    const state = { id: 42, sub: 'a', text: '7', yes: 'true' }
    const make = (): unknown => value({ type: 'ProviderState', ...generator }, '', state)
    if (typeof wanted === 'string' && wanted.includes(' ')) expect(make).toThrow(wanted)
    else expect(make()).toEqual(wanted)
  })

  it('that is unknown, or cannot be run, says so', () => {
    for (const one of [
      { type: 'Magic' },
      {},
      { type: 'Regex', regex: '(?=a)b' },
      { type: 'Date', expression: 'soon' },
    ])
      expect(() => generated(one, '', {}, tools)).toThrow(NoValue)
  })
})

describe('generators of a request', () => {
  const request = (generators: unknown, more: Record<string, unknown> = {}): HttpInteraction['request'] => {
    const pact = readPactFile(
      {
        consumer: { name: 'a' },
        provider: { name: 'b' },
        metadata: { pactSpecification: { version: '3.0.0' } },
        interactions: [
          {
            request: {
              method: 'POST',
              path: '/a/1',
              query: { q: ['1', '2'] },
              headers: { 'X-Id': '1' },
              body: { id: 1, items: [{ n: 1 }, { n: 2 }], 'a.b': 1 },
              generators,
              ...more,
            },
            response: { status: 200 },
          },
        ],
      },
      matcher.ruleTools,
    )
    expect(pact.problems).toEqual([])
    return (pact.interactions[0] as HttpInteraction).request
  }
  const state = { id: 77, name: 'x y' }
  const fromState = (expression: string) => ({ type: 'ProviderState', expression })
  const applied = (generators: unknown, more?: Record<string, unknown>) => {
    const { part, notes } = generateRequest(request(generators, more), state, tools)
    const { body } = part
    return {
      part,
      notes,
      body: body.kind === 'present' ? body.content.text() : undefined,
      header: (name: string) => part.headers.get(name)?.values,
    }
  }

  it('go to the path, to queries, to headers', () => {
    const { part, header, notes } = applied({
      path: fromState('/a/${id}'),
      query: { q: fromState('${name}'), more: fromState('${id}') },
      header: { 'x-id': fromState('${id}'), 'X-More': fromState('${name}') },
    })
    expect([part.path, [...part.query], header('x-id'), header('x-more'), notes]).toEqual([
      '/a/77',
      [
        ['q', ['x y', 'x y']],
        ['more', ['77']],
      ],
      ['77'],
      ['x y'],
      [],
    ])
    expect([...applied({ query: { '$.q[1]': fromState('${id}') } }).part.query]).toEqual([['q', ['1', '77']]])
  })

  it('go to all places of a body that a path names, and make none', () => {
    const { body } = applied({
      body: {
        '$.items[*].n': fromState('${id}'),
        "$['a.b']": fromState('${name}'),
        '$.items[1].n': fromState('${name}'),
        '$.gone.deep': fromState('${id}'),
      },
    })
    expect(JSON.parse(body!)).toEqual({ id: 1, items: [{ n: 77 }, { n: 'x y' }], 'a.b': 'x y' })
    expect(readJson(applied({ body: { $: fromState('${id}') } }).body!)).toEqual({ ok: true, value: 77 })
  })

  it('go to the fields of a form', () => {
    const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=2&a=3' }
    expect(applied({ body: { '$.a[1]': fromState('${id}'), '$.b': fromState('${name}') } }, form).body).toBe(
      'a=1&a=77&b=x+y',
    )
  })

  it('that give nothing leave the example, and say why', () => {
    const { part, notes, body } = applied({
      path: fromState('/a/${gone}'),
      body: { '$.id': { type: 'Magic' } },
    })
    expect([part.path, JSON.parse(body!).id]).toEqual(['/a/1', 1])
    expect(notes).toEqual([
      'path: the provider state gave no value for "gone"',
      `body $.id: the generator 'Magic' is not known`,
    ])
    const xml = { headers: { 'Content-Type': 'text/xml' }, body: '<a/>' }
    expect(applied({ body: { '$.a': fromState('${id}') } }, xml).notes).toEqual([
      'body: generators are applied to JSON and to forms only',
    ])
  })
})
