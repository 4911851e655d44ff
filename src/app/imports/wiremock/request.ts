/** `request` of a stub (WireMock's RequestPattern) as `request` of mocks: one for each method. */
import { type Fields, isFields } from '../../../core/fields.ts'
import { flagsFor } from '../../../mock/load/whole-regex.ts'
import { type Condition, conditionOf, regexOf, simple, valuesCondition } from './patterns.ts'
import { literalText } from './regex.ts'
import { type At, fieldsOf, listOf, NotPossible, type Told, textOf } from './told.ts'

const known = new Set([
  'method',
  'url',
  'urlPattern',
  'urlPath',
  'urlPathPattern',
  'urlPathTemplate',
  'pathParameters',
  'queryParameters',
  'formParameters',
  'headers',
  'cookies',
  'basicAuth',
  'basicAuthCredentials',
  'bodyPatterns',
  'multipartPatterns',
  'scheme',
  'host',
  'port',
  'clientIp',
  'customMatcher',
])

export interface RequestOf {
  readonly method: string | undefined
  readonly request: Fields
}

/** Throws NotPossible. */
export const requestsOf = (value: unknown, at: At, told: Told): readonly RequestOf[] => {
  const spec = value === undefined || value === null ? {} : fieldsOf(value, at)
  const unknown = Object.keys(spec).find((key) => !known.has(key))
  if (unknown !== undefined) throw new NotPossible(`request.${unknown} is not known`, [...at, unknown])
  for (const key of ['customMatcher', 'clientIp'] as const)
    if (spec[key] !== undefined && spec[key] !== null) throw new NotPossible(key, [...at, key])
  if (spec['scheme'] !== undefined && spec['scheme'] !== null)
    throw new NotPossible('scheme: mocks of a service do not tell http from https', [...at, 'scheme'])
  const { path, ...target } = targetOf(spec, at)
  const headers: Record<string, unknown> = {
    ...namedConditions(spec['headers'], [...at, 'headers'], told, valuesCondition),
  }
  addAuthority(spec, at, headers)
  addBasicAuth(spec, at, headers)
  const request = {
    path,
    ...target,
    params: paramsOf(spec, at, told, path),
    query: filled(
      namedConditions(spec['queryParameters'], [...at, 'queryParameters'], told, valuesCondition),
    ),
    headers: filled(headers),
    cookies: filled(namedConditions(spec['cookies'], [...at, 'cookies'], told, cookieCondition)),
    body: bodyOf(spec, at, told),
    multipart: multipartOf(spec['multipartPatterns'], [...at, 'multipartPatterns'], told),
  }
  return methodsOf(spec['method'], [...at, 'method']).map((method) => ({
    method,
    request: defined({ method, ...request }),
  }))
}

const defined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const filled = (fields: Fields): Fields | undefined => (Object.keys(fields).length === 0 ? undefined : fields)

const methodsOf = (value: unknown, at: At): readonly (string | undefined)[] => {
  if (value === undefined || value === null || value === 'ANY') return [undefined]
  if (value === 'GET_OR_HEAD') return ['GET', 'HEAD']
  const names = isFields(value) ? listOf(value['oneOf'], [...at, 'oneOf']) : [value]
  return names.map((name, i) => {
    const method = textOf(name, isFields(value) ? [...at, 'oneOf', i] : at)
    if (!/^[A-Z][A-Z0-9_-]*$/.test(method))
      throw new NotPossible(`the method ${method}: methods are in capital letters, so it never matches`, at)
    return method
  })
}

/** Read alike, decoded or not. */
const plainPath = /^(?:\/[A-Za-z0-9._~!&'()+,;=:@-]*)+$/

interface Target {
  readonly path?: string | undefined
  readonly url?: Condition
  readonly urlPath?: Condition
}

/** Of several the first one counts, as there. */
const targetOf = (spec: Fields, at: At): Target => {
  const given = (key: string): string | undefined =>
    spec[key] === undefined || spec[key] === null ? undefined : textOf(spec[key], [...at, key])
  const path = given('urlPath')
  const template = given('urlPathTemplate')
  const pattern = given('urlPattern')
  const pathPattern = given('urlPathPattern')
  const url = given('url')
  if (url !== undefined) {
    const question = url.indexOf('?')
    const before = question < 0 ? url : url.slice(0, question)
    return { ...(plainPath.test(before) && { path: before }), url }
  }
  if (path !== undefined) return plainPath.test(path) ? { path } : { urlPath: path }
  if (pathPattern !== undefined)
    return { urlPath: { $matches: regexOf(pathPattern, [...at, 'urlPathPattern']) } }
  if (pattern !== undefined) return { url: { $matches: regexOf(pattern, [...at, 'urlPattern']) } }
  return template === undefined ? {} : { path: templatePath(template, [...at, 'urlPathTemplate']) }
}

/** `/a/{id}`, and a rest that is written as two stars. */
const templatePath = (template: string, at: At): string => {
  const path = template.replace(/\/\*\*$/, '/{rest*}')
  if (!path.startsWith('/'))
    throw new NotPossible(`the path template ${template} does not begin with a slash`, at)
  if (/[?*]/.test(path.replace(/\{rest\*\}$/, ''))) throw new NotPossible(`the path template ${template}`, at)
  return path
}

const paramsOf = (spec: Fields, at: At, told: Told, path: string | undefined): Fields | undefined => {
  const given = spec['pathParameters']
  if (given === undefined || given === null) return undefined
  const place = [...at, 'pathParameters']
  if (spec['urlPathTemplate'] === undefined)
    throw new NotPossible('pathParameters without urlPathTemplate, which WireMock never matches', place)
  const names = [...(path ?? '').matchAll(/\{([^{}*]+)\*?\}/g)].map((match) => match[1]!)
  const conditions = namedConditions(given, place, told, (value, where) => {
    const condition = simple(conditionOf(value, where, told))
    // Here parameters are decoded, there they are compared as they were sent.
    return typeof condition === 'string' ? decoded(condition) : condition
  })
  const missing = Object.keys(conditions).find((name) => !names.includes(name))
  if (missing !== undefined)
    throw new NotPossible(`the path template has no parameter ${missing}`, [...place, missing])
  return filled(conditions)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const namedConditions = (
  value: unknown,
  at: At,
  told: Told,
  translate: (value: unknown, at: At, told: Told) => Condition,
): Fields => {
  if (value === undefined || value === null) return {}
  return Object.fromEntries(
    Object.entries(fieldsOf(value, at)).map(([name, pattern]) => [
      name,
      translate(pattern, [...at, name], told),
    ]),
  )
}

/** A cookie that is not there satisfies nothing but `absent`. */
const cookieCondition = (value: unknown, at: At, told: Told): Condition => {
  const condition = simple(conditionOf(value, at, told))
  if (typeof condition === 'string' || '$absent' in condition) return condition
  return { $absent: false, ...condition }
}

const addBasicAuth = (spec: Fields, at: At, headers: Record<string, unknown>): void => {
  for (const key of ['basicAuth', 'basicAuthCredentials']) {
    const given = spec[key]
    if (given === undefined || given === null) continue
    const { username, password } = fieldsOf(given, [...at, key])
    const pair = `${textOf(username, [...at, key, 'username'])}:${textOf(password, [...at, key, 'password'])}`
    const credentials = Buffer.from(pair).toString('base64')
    add(headers, 'authorization', { $matches: `(?i:basic )${literalText(credentials)}` })
  }
}

/** They are read from the Host header: what the client was going for. */
const addAuthority = (spec: Fields, at: At, headers: Record<string, unknown>): void => {
  const { host, port } = spec
  if (host === undefined && port === undefined) return
  let name = '[^:]*'
  if (host !== undefined && host !== null) {
    const pattern = fieldsOf(host, [...at, 'host'])
    if (pattern['equalTo'] !== undefined) {
      const text = literalText(textOf(pattern['equalTo'], [...at, 'host', 'equalTo']))
      name = pattern['caseInsensitive'] === true ? `(?i:${text})` : text
    } else if (pattern['matches'] !== undefined)
      name = `(?:${regexOf(pattern['matches'], [...at, 'host', 'matches'])})`
    else throw new NotPossible('host with anything but equalTo and matches', [...at, 'host'])
  }
  const number = port === undefined || port === null ? undefined : Number(port)
  const behind = number === undefined ? '(?::\\d+)?' : number === 80 ? '(?::80)?' : `:${number}`
  add(headers, 'host', { $matches: `${name}${behind}` })
}

const add = (headers: Record<string, unknown>, name: string, condition: Condition): void => {
  const own = Object.keys(headers).find((key) => key.toLowerCase() === name)
  if (own === undefined) headers[name] = condition
  else headers[own] = { $and: [headers[own], condition] }
}

const bodyOf = (spec: Fields, at: At, told: Told): unknown => {
  const conditions = [
    ...patternsOf(spec['bodyPatterns'], [...at, 'bodyPatterns'], told).map(emptyIsNothing),
    ...formOf(spec['formParameters'], [...at, 'formParameters'], told),
  ]
  if (conditions.length === 0) return undefined
  return conditions.length === 1 ? conditions[0] : { $and: conditions }
}

const formOf = (value: unknown, at: At, told: Told): readonly Condition[] => {
  const fields = namedConditions(value, at, told, valuesCondition)
  return Object.keys(fields).length === 0 ? [] : [{ $form: fields, $byContentType: true }]
}

const patternsOf = (value: unknown, at: At, told: Told): readonly Condition[] => {
  if (value === undefined || value === null) return []
  return listOf(value, at).map((pattern, i) => bodyCondition(pattern, [...at, i], told))
}

const bodyCondition = (value: unknown, at: At, told: Told): Condition => {
  if (isFields(value) && value['binaryEqualTo'] !== undefined)
    return { $binaryEqualTo: textOf(value['binaryEqualTo'], [...at, 'binaryEqualTo']) }
  return simple(conditionOf(value, at, told))
}

/** There an empty body is none, so that no text condition holds for it; here it is an empty text. */
const emptyIsNothing = (condition: Condition): Condition => {
  if (typeof condition === 'string') return condition === '' ? { $equalTo: '', $absent: false } : condition
  const { $and: all, $or: some, $not: no, $doesNotMatch: unlike } = condition
  if (Array.isArray(all)) return { $and: all.map(emptyIsNothing) }
  if (Array.isArray(some)) return { $or: some.map(emptyIsNothing) }
  if (no !== undefined) return { $not: emptyIsNothing(no as Condition) }
  if (typeof unlike === 'string')
    return takesEmpty(unlike) ? { $or: [{ $absent: true }, condition] } : condition
  const { $matches: like, $equalTo: equal, $contains: part } = condition
  const holds = equal === '' || part === '' || (typeof like === 'string' && takesEmpty(like))
  return holds ? { ...condition, $absent: false } : condition
}

const takesEmpty = (source: string): boolean => {
  try {
    return new RegExp(`^(?:${source})$`, flagsFor(source)).test('')
  } catch {
    // Whether it is one at all is told when the mock is compiled.
    return false
  }
}

/** `name` and `fileName` are for people there: nothing is compared with them. */
const multipartOf = (value: unknown, at: At, told: Told): Fields | undefined => {
  if (value === undefined || value === null) return undefined
  const rules = { $any: [] as Fields[], $all: [] as Fields[] }
  listOf(value, at).forEach((one, i) => {
    const place = [...at, i]
    const pattern = fieldsOf(one, place)
    const headers = namedConditions(pattern['headers'], [...place, 'headers'], told, valuesCondition)
    const bodies = patternsOf(pattern['bodyPatterns'], [...place, 'bodyPatterns'], told)
    const rule = defined({
      headers: filled(headers),
      body: bodies.length === 0 ? undefined : bodies.length === 1 ? bodies[0] : { $and: bodies },
    })
    rules[pattern['matchingType'] === 'ALL' ? '$all' : '$any'].push(rule)
  })
  return filled(
    defined({
      $any: rules.$any.length > 0 ? rules.$any : undefined,
      $all: rules.$all.length > 0 ? rules.$all : undefined,
    }),
  )
}
