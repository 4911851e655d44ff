/** Pact interactions made at random, whose example requests keep their own rules. */
import fc from 'fast-check'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type Fields = Readonly<Record<string, unknown>>

const key = fc.constantFrom('id', 'name', 'items', 'a b', "it's", '$id', 'n-1', '0')
const word = fc.constantFrom(
  '',
  'a',
  'A-1',
  'ü',
  'x y',
  '${{ 1 }}',
  '42',
  'true',
  'null',
  '2026-11-21',
  "it's",
  '[1]',
)
const scalar: fc.Arbitrary<Json> = fc.oneof(
  word,
  fc.integer({ min: -5, max: 1_000_000 }),
  fc.constantFrom(1.5, -0.25),
  fc.boolean(),
  fc.constant(null),
)

export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const literal = (name: string): string => `['${name.replace(/(['\\])/g, '\\$1')}']`

const isJsonText = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Rules for some of the places of a document, by path expression. */
const rulesFor = (value: Json, spec: 3 | 4): fc.Arbitrary<Fields> => {
  const places: { readonly path: string; readonly value: Json }[] = []
  // In V3 it is JSON text, and not a text.
  if (typeof value === 'string' && isJsonText(value)) return fc.constant({})
  const walk = (path: string, one: Json): void => {
    places.push({ path, value: one })
    if (Array.isArray(one)) for (const [i, item] of one.entries()) walk(`${path}[${i}]`, item as Json)
    else if (typeof one === 'object' && one !== null)
      for (const [name, item] of Object.entries(one)) walk(path + literal(name), item as Json)
  }
  walk('$', value)
  return fc
    .tuple(
      ...places.map((place) =>
        fc.option(fc.constantFrom(...ruleChoices(place.value, spec)), { freq: 3, nil: undefined }),
      ),
    )
    .map((chosen) =>
      Object.fromEntries(
        chosen.flatMap((rule, i) =>
          rule === undefined ? [] : [[places[i]!.path, { matchers: [rule], combine: 'AND' }]],
        ),
      ),
    )
}

const ruleChoices = (value: Json, spec: 3 | 4): readonly Fields[] => {
  const rules: Fields[] = [{ match: 'type' }]
  if (typeof value === 'string')
    rules.push({ match: 'regex', regex: '[\\s\\S]*' }, { match: 'include', value: value.slice(0, 1) })
  if (typeof value === 'number')
    rules.push({ match: 'number' }, { match: Number.isInteger(value) ? 'integer' : 'decimal' })
  if (Array.isArray(value))
    rules.push({ match: 'type', min: value.length }, { match: 'type', max: value.length + 1 })
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && spec === 4)
    rules.push({ match: 'eachKey', rules: [{ match: 'regex', regex: '[\\s\\S]*' }] })
  return rules
}

const segment = fc.constantFrom('orders', '42', 'a-b', 'x.y')
const states = fc.array(
  fc.record(
    { name: fc.constantFrom('order 42 exists', 'nothing', 'a: b'), params: fc.constant({ id: 42 }) },
    { requiredKeys: ['name'], noNullPrototype: true },
  ),
  { maxLength: 2 },
)
const query = fc.dictionary(
  fc.constantFrom('page', 'q', 'a b'),
  fc.array(word, { minLength: 1, maxLength: 2 }),
  {
    maxKeys: 2,
    noNullPrototype: true,
  },
)
const headers = fc.record(
  { 'X-Id': fc.constantFrom('1', 'abc'), Accept: fc.constantFrom('application/json', 'text/plain; a=b') },
  { requiredKeys: [], noNullPrototype: true },
)

const textRules = (names: readonly string[]): fc.Arbitrary<Fields> =>
  fc
    .tuple(
      ...names.map(() =>
        fc.option(fc.constantFrom({ match: 'type' }, { match: 'regex', regex: '[\\s\\S]*' }), {
          nil: undefined,
        }),
      ),
    )
    .map((chosen) =>
      Object.fromEntries(
        chosen.flatMap((rule, i) =>
          rule === undefined ? [] : [[names[i]!, { matchers: [rule], combine: 'AND' }]],
        ),
      ),
    )

const withBody = (body: Json | undefined, spec: 3 | 4): Fields => {
  if (body === undefined) return {}
  return { body: spec === 3 ? body : { content: body, contentType: 'application/json', encoded: false } }
}

const filled = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(value as object).length > 0))

const rulesOf = (rules: Fields): Fields => {
  const some = filled(rules)
  return Object.keys(some).length > 0 ? { matchingRules: some } : {}
}

/** JSON under null or an empty text is no body at all, which has cases of its own. */
const bodyOf = fc.option(json, { nil: undefined }).filter((body) => body !== null && body !== '')

const jsonType = { 'Content-Type': 'application/json' }

export const interaction = (spec: 3 | 4): fc.Arbitrary<Fields> =>
  fc
    .record({
      description: fc.constantFrom('an order', 'a request, for an order', 'é'),
      states,
      method: fc.constantFrom('GET', 'POST'),
      path: fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`),
      pathRule: fc.boolean(),
      query,
      headers,
      body: bodyOf,
      status: fc.constantFrom(200, 201, 404),
      reply: bodyOf,
    })
    .chain((one) =>
      fc
        .tuple(
          one.body === undefined ? fc.constant({}) : rulesFor(one.body, spec),
          one.reply === undefined ? fc.constant({}) : rulesFor(one.reply, spec),
          textRules(Object.keys(one.query)),
          textRules(Object.keys(one.headers)),
        )
        .map(([body, reply, ofQuery, ofHeaders]) => ({
          ...(spec === 4 && { type: 'Synchronous/HTTP' }),
          description: one.description,
          providerStates: one.states,
          request: {
            method: one.method,
            path: one.path,
            query: one.query,
            headers: { ...one.headers, ...(one.body !== undefined && jsonType) },
            ...withBody(one.body, spec),
            ...rulesOf({
              ...(one.pathRule && {
                path: {
                  matchers: [
                    { match: 'regex', regex: one.path.replaceAll('42', '\\d+').replaceAll('.', '\\.') },
                  ],
                  combine: 'AND',
                },
              }),
              query: ofQuery,
              header: ofHeaders,
              body,
            }),
          },
          response: {
            status: one.status,
            headers: one.reply === undefined ? {} : jsonType,
            ...withBody(one.reply, spec),
            ...rulesOf({ body: reply }),
          },
        })),
    )
