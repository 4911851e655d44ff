/** Mockoon's helpers in JavaScript, as expressions have it. Times are UTC, as `now()` is. */
import type { HelperCall, TemplateWords } from '../handlebars/to-expressions.ts'
import { member } from '../handlebars/to-expressions.ts'
import { quoted } from '../source/formula.ts'
import { NotPossible } from '../source/things.ts'

/** What data buckets hold, by id and by name: JSON, or undefined where it is made anew for each call. */
export type Buckets = (name: string) => { readonly value: unknown } | undefined

type Helper = (call: HelperCall) => string

export const mockoonWords = (buckets: Buckets, prefix: string): TemplateWords => {
  const ofBuckets: Readonly<Record<string, Helper>> = {
    data: (call) => bucket(buckets, call),
    dataRaw: (call) => bucket(buckets, call),
    baseUrl: () => `('http://' + request.headers.host + ${quoted(prefix === '' ? '' : `/${prefix}`)})`,
  }
  return {
    helper: (name, call) => {
      const helper = Object.hasOwn(ofBuckets, name)
        ? ofBuckets[name]
        : Object.hasOwn(helpers, name)
          ? helpers[name]
          : undefined
      if (helper !== undefined) return helper(call)
      if (refused.has(name)) throw new NotPossible(`{{${name}}} has no counterpart`)
      return undefined
    },
    printed,
    path: () => undefined,
  }
}

const printed = new Set(
  'array split reverse slice object jsonParse queryParams urlParams headers bodyRaw dataRaw queryParamRaw'.split(
    ' ',
  ),
)

const refused = new Set(
  'setData setVar getVar setGlobalVar getGlobalVar getEnvVar ip status jwt dateTimeShift dateFormat date time isValidDate someOf jmesPath filter find sortBy objectMerge'.split(
    ' ',
  ),
)

const bucket = (buckets: Buckets, { literals }: HelperCall): string => {
  const [name, path] = literals
  if (typeof name !== 'string') throw new NotPossible('a data bucket whose name is computed')
  const found = buckets(name)
  if (found === undefined) throw new NotPossible(`the data bucket ${name} is made anew for each call`)
  if (path === undefined) return `(${quoted(found.value)})`
  return `(${quoted(at(found.value, String(path)) ?? '')})`
}

const at = (value: unknown, path: string): unknown => {
  if (path.startsWith('$')) throw new NotPossible('a data bucket that is asked by JSON Path')
  return stepsOf(path).reduce<unknown>(
    (one, step) =>
      typeof one === 'object' && one !== null && Object.hasOwn(one, step)
        ? (one as Readonly<Record<string, unknown>>)[step]
        : undefined,
    value,
  )
}

/** `a.b.0`; a dot that is part of a name is escaped. */
export const stepsOf = (path: string): readonly string[] =>
  path.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'))

const inside = (field: string, { args, literals }: HelperCall): string => {
  const fallback = args[1] === undefined ? '' : ` ?? ${args[1]}`
  if (args.length === 0) return `request.${field}`
  const [path] = literals
  if (typeof path !== 'string' && typeof path !== 'number')
    throw new NotPossible(`a path into ${field} that is computed`)
  if (String(path) === '') return `request.${field}`
  if (String(path).startsWith('$'))
    return `((found) => found.length > 1 ? found : found[0])(jsonpath(request.${field} ?? null, ${quoted(path)}))${fallback}`
  return `request.${field}${member(stepsOf(String(path)))}${fallback}`
}

const named = (field: string, { args, literals }: HelperCall, lower = false): string => {
  const [name] = literals
  if (typeof name !== 'string') throw new NotPossible(`a name of ${field} that is computed`)
  return `request.${field}${member([lower ? name.toLowerCase() : name])}${args[1] === undefined ? '' : ` ?? ${args[1]}`}`
}

const number = (text: string | undefined, fallback = '0'): string => `Number(${text ?? fallback})`

const int = ({ args }: HelperCall): string => {
  const [low = '0', high = '9007199254740991'] = args
  return `(Math.floor(random() * (${number(high)} - ${number(low)} + 1)) + ${number(low)})`
}

const compare =
  (sign: string): Helper =>
  ({ args }) =>
    `(${args[0] ?? 'undefined'} ${sign} ${args[1] ?? 'undefined'})`

const arithmetic =
  (sign: string): Helper =>
  ({ args }) =>
    `(${args.map((one) => number(one)).join(` ${sign} `)})`

const modules = new Set(
  'airline animal book color commerce company database datatype date finance food git hacker helpers image internet location lorem music number person phone science string system vehicle word'.split(
    ' ',
  ),
)

const faker = ({ args, hash, literals }: HelperCall): string => {
  const [path] = literals
  if (typeof path !== 'string' || !/^[a-z]\w*\.[a-z]\w*$/i.test(path) || !modules.has(path.split('.')[0]!))
    throw new NotPossible(`{{faker ${String(path ?? '')}}} is no method of faker`)
  const options = Object.entries(hash).map(([key, value]) => `${quoted(key)}: ${value}`)
  const given = [...args.slice(1), ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])]
  return `faker.${path}(${given.join(', ')})`
}

const made =
  (path: string): Helper =>
  () =>
    `faker.${path}()`

/** The pieces of `2026-11-21T12:34:56.789Z`. */
const dateParts: Readonly<Record<string, string>> = {
  yyyy: '$1',
  yy: '$2',
  MM: '$3',
  dd: '$4',
  HH: '$5',
  mm: '$6',
  ss: '$7',
  SSS: '$8',
  xxx: '+00:00',
  XXX: 'Z',
}

const now = ({ args, literals }: HelperCall): string => {
  const [format] = literals
  if (args.length === 0) return "now().replace('Z', '+00:00')"
  if (typeof format !== 'string') throw new NotPossible('{{now}} in a format that is computed')
  if (format === 'T') return 'Date.parse(now())'
  if (format === 't') return 'Math.floor(Date.parse(now()) / 1000)'
  const text = format.replaceAll(/'([^']*)'|[A-Za-z]+|[^A-Za-z']+/g, (piece, literal: string | undefined) => {
    if (literal !== undefined) return literal.replaceAll('$', '$$$$')
    if (!/^[A-Za-z]/.test(piece)) return piece.replaceAll('$', '$$$$')
    const part = dateParts[piece]
    if (part === undefined) throw new NotPossible(`{{now '${format}'}}: expressions cannot write ${piece}`)
    return part
  })
  return `now().replace(/^(..(..))-(..)-(..)T(..):(..):(..)[.](...)Z$/, ${quoted(text)})`
}

const helpers: Readonly<Record<string, Helper>> = {
  body: (call) => inside('body', call),
  bodyRaw: (call) => inside('body', call),
  queryParam: (call) => inside('query', call),
  queryParamRaw: (call) => inside('query', call),
  queryParams: () => 'request.query',
  urlParam: (call) => named('params', call),
  urlParams: () => 'request.params',
  header: (call) => named('headers', call, true),
  headers: () => 'request.headers',
  cookie: (call) => named('cookies', call),
  method: () => 'request.method',
  hostname: () => "(request.headers.host ?? '').replace(/:[0-9]+$/, '')",
  now,
  faker,
  uuid: () => 'uuid()',
  guid: () => 'uuid()',
  int,
  float: ({ args }) => `(random() * (${number(args[1], '1')} - ${number(args[0])}) + ${number(args[0])})`,
  boolean: () => '(random() < 0.5)',
  objectId: made('database.mongodbObjectId'),
  firstName: made('person.firstName'),
  lastName: made('person.lastName'),
  email: made('internet.email'),
  phone: made('phone.number'),
  city: made('location.city'),
  country: made('location.country'),
  countryCode: made('location.countryCode'),
  street: made('location.street'),
  postcode: made('location.zipCode'),
  zipcode: made('location.zipCode'),
  company: made('company.name'),
  domain: made('internet.domainName'),
  ipv4: made('internet.ipv4'),
  ipv6: made('internet.ipv6'),
  hexColor: made('color.rgb'),
  color: made('color.human'),
  lat: made('location.latitude'),
  long: made('location.longitude'),
  lorem: ({ args }) => `faker.lorem.sentence(${args[0] ?? ''})`,
  oneOf: ({ args }) =>
    `((all) => all[Math.floor(random() * all.length)])(${args.length === 1 ? args[0] : `[${args.join(', ')}]`})`,
  array: ({ args }) => `[${args.join(', ')}]`,
  object: ({ hash }) =>
    `({ ${Object.entries(hash)
      .map(([key, value]) => `${quoted(key)}: ${value}`)
      .join(', ')} })`,
  concat: ({ args }) => `[${args.join(', ')}].join('')`,
  join: ({ args }) => `[${args[0] ?? ''}].flat().join(${args[1] ?? "', '"})`,
  split: ({ args }) => `String(${args[0] ?? "''"}).split(${args[1] ?? "' '"})`,
  len: ({ args }) => `(${args[0] ?? "''"})?.length`,
  lowercase: ({ args }) => `String(${args[0] ?? "''"}).toLowerCase()`,
  uppercase: ({ args }) => `String(${args[0] ?? "''"}).toUpperCase()`,
  substr: ({ args }) =>
    `String(${args[0] ?? "''"}).substr(${args
      .slice(1)
      .map((one) => number(one))
      .join(', ')})`,
  slice: ({ args }) =>
    `(${args[0] ?? '[]'})?.slice(${args
      .slice(1)
      .map((one) => number(one))
      .join(', ')})`,
  reverse: ({ args }) => `[...(${args[0] ?? '[]'})].reverse()`,
  includes: ({ args }) => `(${args[0] ?? "''"})?.includes(${args[1] ?? "''"})`,
  indexOf: ({ args }) => `(${args[0] ?? "''"})?.indexOf(${args.slice(1).join(', ')})`,
  padStart: ({ args }) => `String(${args[0] ?? "''"}).padStart(${args.slice(1).join(', ')})`,
  padEnd: ({ args }) => `String(${args[0] ?? "''"}).padEnd(${args.slice(1).join(', ')})`,
  replace: ({ args }) => `String(${args[0] ?? "''"}).replace(String(${args[1] ?? "''"}), ${args[2] ?? "''"})`,
  replaceAll: ({ args }) =>
    `String(${args[0] ?? "''"}).replaceAll(String(${args[1] ?? "''"}), ${args[2] ?? "''"})`,
  parseInt: ({ args }) => `Number.parseInt(${args[0] ?? "''"}, 10)`,
  toFixed: ({ args }) => `${number(args[0])}.toFixed(${number(args[1])})`,
  add: arithmetic('+'),
  subtract: arithmetic('-'),
  multiply: arithmetic('*'),
  divide: arithmetic('/'),
  modulo: arithmetic('%'),
  ceil: ({ args }) => `Math.ceil(${number(args[0])})`,
  floor: ({ args }) => `Math.floor(${number(args[0])})`,
  round: ({ args }) => `Math.round(${number(args[0])})`,
  eq: compare('==='),
  gt: compare('>'),
  gte: compare('>='),
  lt: compare('<'),
  lte: compare('<='),
  stringify: ({ args }) => `JSON.stringify(${args[0] ?? 'null'}, null, 2)`,
  jsonParse: ({ args }) => `JSON.parse(${args[0] ?? "'null'"})`,
  newline: () => "'\\n'",
  base64: ({ args }) => `base64.encode(String(${args[0] ?? "''"}))`,
  base64Decode: ({ args }) => `base64.decode(String(${args[0] ?? "''"}))`,
}
