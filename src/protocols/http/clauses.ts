/** The places of an HTTP call that a mock can put conditions on: query, headers, cookies, body, multipart parts. */
import type { DecodedBody } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import type { Clause, Compilers, IndexHint } from '../../core/dialect.ts'
import { indexText } from '../../core/json.ts'
import type { BodyCondition, Equality, Mismatch, Scalar, TextCondition } from '../../core/matcher.ts'
import { allValues } from '../../core/metadata.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { isSecretName, maskedIfSecret } from '../../core/secrets.ts'
import type { HttpCall } from './call.ts'
import type { RequestSpec } from './mock-schema.ts'

const absent: readonly string[] = []

interface TextPlace {
  readonly section: 'query' | 'headers' | 'cookies' | 'url' | 'urlPath'
  read(call: Call, name: string): readonly string[]
}

/** The pipeline hands a protocol its own calls only. */
const http = (call: Call): HttpCall => call as HttpCall

const places: readonly (TextPlace & { readonly section: 'query' | 'headers' | 'cookies' })[] = [
  { section: 'query', read: (call, name) => http(call).query.get(name) ?? absent },
  { section: 'headers', read: (call, name) => allValues(call.metadata, name) },
  { section: 'cookies', read: (call, name) => http(call).cookies.get(name) ?? absent },
]

/** The target as it was sent, relative to the service's base path; an empty query is none, a fragment is nobody's. */
const targets: Readonly<Record<'url' | 'urlPath', TextPlace>> = {
  url: { section: 'url', read: (call) => [pathOf(call) + searchOf(call)] },
  urlPath: { section: 'urlPath', read: (call) => [pathOf(call)] },
}

const pathOf = (call: Call): string => beforeFragment(http(call).path)
const searchOf = (call: Call): string => {
  const search = beforeFragment(http(call).search)
  return search === '?' ? '' : search
}
const beforeFragment = (text: string): string => {
  const hash = text.indexOf('#')
  return hash < 0 ? text : text.slice(0, hash)
}

export const compileClauses = (spec: RequestSpec, compile: Compilers): Clause[] => {
  const works = places.flatMap((place) =>
    Object.entries(spec[place.section] ?? {}).map(
      ([name, value]) =>
        () =>
          textClause(
            place,
            name,
            within([place.section, name], () => compile.text(value)),
          ),
    ),
  )
  for (const section of ['url', 'urlPath'] as const) {
    if (!(section in spec)) continue
    works.push(() =>
      textClause(
        targets[section],
        '',
        within([section], () => compile.text(spec[section])),
      ),
    )
  }
  if ('body' in spec)
    works.push(() =>
      bodyClause(
        'body',
        within(['body'], () => compile.body(spec.body)),
        true,
      ),
    )
  const parts = spec.multipart
  if (parts !== undefined)
    works.push(() =>
      bodyClause(
        'multipart',
        within(['multipart'], () => compile.multipart(parts)),
        false,
      ),
    )
  return collectMistakes(works)
}

/** Neither what a secret is nor what it should be is shown; that it is absent may be. */
const masked = (mismatch: Mismatch | undefined): Mismatch | undefined =>
  mismatch === undefined
    ? undefined
    : { ...mismatch, expected: hidden, actual: mismatch.actual === 'absent' ? 'absent' : hidden }

const hidden = maskedIfSecret('secret', '')

const textClause = (place: TextPlace, name: string, condition: TextCondition): Clause => {
  const key = place.section === 'headers' ? name.toLowerCase() : name
  const label = name === '' ? place.section : `${place.section}.${name}`
  const read = (call: Call): readonly string[] => place.read(call, key)
  const at = `${place.section}.${key}`
  const mask = isSecretName(name) ? masked : (mismatch: Mismatch | undefined) => mismatch
  return {
    label,
    needsBody: false,
    weight: condition.clauses,
    test: (call) => condition.test(read(call)),
    mismatch: (call) => mask(condition.mismatch(read(call))),
    describe: () => (isSecretName(name) ? 'a certain value (not shown)' : condition.describe()),
    hints: condition.equalities.map(
      ({ values }): IndexHint => ({
        key: at,
        needsBody: false,
        exact: condition.complete === true,
        values: values.map(indexText),
        read,
      }),
    ),
    place: at,
    condition,
  }
}

const bodyClause = (label: string, condition: BodyCondition, hinted: boolean): Clause => ({
  label,
  needsBody: true,
  weight: condition.clauses,
  test: (_call, body) => body !== undefined && condition.test(body),
  mismatch: (_call, body) => (body === undefined ? undefined : condition.mismatch(body)),
  describe: () => condition.describe(),
  hints: hinted ? bodyHints(condition) : [],
  place: label,
  condition,
})

const bodyHints = (condition: BodyCondition): IndexHint[] => {
  const [only] = condition.equalities
  // The whole body may be text or a scalar of JSON, which only the condition itself can tell.
  if (condition.complete === true && only !== undefined && only.path.length > 0) return [exactHint(only)]
  return condition.equalities.map(looseHint)
}

/** Types do not count, because a form has none: the condition decides. */
const looseHint = ({ path, values }: Equality): IndexHint => ({
  key: `body:${JSON.stringify(path)}`,
  needsBody: true,
  exact: false,
  values: values.map(indexText),
  read: (_call, body) => (body === undefined ? absent : bodyValues(body, path)),
})

const exactHint = ({ path, values }: Equality): IndexHint => ({
  key: `typed body:${JSON.stringify(path)}`,
  needsBody: true,
  exact: true,
  values: values.map(typedText),
  read: (_call, body) => (body === undefined ? absent : typedBodyValues(body, path)),
})

const typedText = (value: Scalar): string =>
  `${value === null ? 'null' : kinds[typeof value]} ${indexText(value)}`

/** A number is a number, long or not. */
const kinds: Readonly<Record<string, string>> = { string: 's', number: 'n', bigint: 'n', boolean: 'b' }

/** A form's text is whatever the mock asks for. */
const typedBodyValues = (body: DecodedBody, path: readonly (string | number)[]): readonly string[] => {
  const json = body.json()
  if (json.ok) {
    const value = valueAt(json.value, path)
    return isScalar(value) ? [typedText(value)] : absent
  }
  if (path.length > 1 || !isForm(body)) return absent
  const form = body.form()
  const texts = (form.ok ? form.value.get(String(path[0])) : undefined) ?? absent
  return texts.flatMap((text) => [`s ${text}`, `n ${text}`, `b ${text}`])
}

const isForm = ({ contentType }: DecodedBody): boolean =>
  /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)

const isScalar = (value: unknown): value is Scalar =>
  value !== undefined && (typeof value !== 'object' || value === null)

/** What stands at a path of the body, as index texts: of its JSON, else of its form, else the whole text. */
const bodyValues = (body: DecodedBody, path: readonly (string | number)[]): readonly string[] => {
  const json = body.json()
  if (json.ok) {
    const value = valueAt(json.value, path)
    const texts = isScalar(value) ? [indexText(value)] : absent
    // A plain text condition looks at the whole text, which may happen to be JSON too ("42").
    return path.length === 0 ? [...texts, ...wholeText(body)] : texts
  }
  if (path.length === 0) return wholeText(body)
  if (path.length > 1) return absent
  const form = body.form()
  return (form.ok ? form.value.get(String(path[0])) : undefined) ?? absent
}

const wholeText = (body: DecodedBody): readonly string[] => {
  const text = body.text()
  return text.ok ? [text.value] : absent
}

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown => {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    // A list has no named fields, not even its length.
    if (Array.isArray(at) !== (typeof step === 'number')) return undefined
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}
