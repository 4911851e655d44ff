/** `request` of a mock as `request` of a stub. */
import type { Fields } from '../../../core/fields.ts'
import { parsePathPattern } from '../../../mock/path-pattern.ts'
import { bodyPatterns, multipartPatterns } from './body.ts'
import { type At, CannotSay, isOperators, type Otherwise } from './cannot.ts'
import { textPattern, valuesPattern } from './conditions.ts'
import { toJavaRegex } from './java-regex.ts'

/** Throws CannotSay. */
export const stubRequest = (spec: Fields, told: Otherwise): Fields => {
  const at: At = ['request']
  if (spec['script'] !== undefined) throw new CannotSay('a script', [...at, 'script'])
  const named = (key: string, translate: typeof textPattern): Fields | undefined => {
    const conditions = spec[key] as Fields | undefined
    if (conditions === undefined) return undefined
    return Object.fromEntries(
      Object.entries(conditions).map(([name, one]) => [name, translate(one, [...at, key, name], told)]),
    )
  }
  const target = targetOf(spec, at)
  const params = named('params', textPattern)
  if (params !== undefined && target['urlPathTemplate'] === undefined)
    throw new CannotSay('params of a path that is no template', [...at, 'params'])
  const body = spec['body'] === undefined ? undefined : bodyPatterns(spec['body'], [...at, 'body'], told)
  const parts = spec['multipart'] as Fields | undefined
  return defined({
    method: (spec['method'] as string | undefined) ?? 'ANY',
    ...target,
    pathParameters: params,
    queryParameters: named('query', valuesPattern),
    headers: named('headers', valuesPattern),
    cookies: named('cookies', cookiePattern),
    formParameters: body?.formParameters,
    bodyPatterns: body === undefined || body.bodyPatterns.length === 0 ? undefined : body.bodyPatterns,
    multipartPatterns: parts === undefined ? undefined : multipartPatterns(parts, [...at, 'multipart'], told),
  })
}

/** There a cookie that is missing satisfies nothing but `absent` anyway. */
const cookiePattern = (spec: unknown, at: At, told: Otherwise): Fields => {
  if (!isOperators(spec)) return textPattern(spec, at, told)
  const { $absent: absent, ...others } = spec
  return textPattern(absent === false && Object.keys(others).length > 0 ? others : spec, at, told)
}

export const defined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const targetOf = ({ path, url, urlPath }: Fields, at: At): Fields => {
  if (url !== undefined) return condition(url, ['url', 'urlPattern'], [...at, 'url'])
  if (urlPath !== undefined) return condition(urlPath, ['urlPath', 'urlPathPattern'], [...at, 'urlPath'])
  if (typeof path !== 'string') return {}
  const { segments } = parsePathPattern(path)
  if (segments.every(({ kind }) => kind === 'literal')) return { urlPath: encoded(path) }
  const rest = segments.at(-1)
  if (rest?.kind !== 'rest') return { urlPathTemplate: encoded(path) }
  return { urlPathTemplate: encoded(path.replace(/\{[^{}]*\*\}$/, '**')) }
}

/** As a client sends it; braces belong to the template. */
const encoded = (path: string): string =>
  encodeURI(path).replaceAll('%7B', '{').replaceAll('%7D', '}').replaceAll('%25', '%')

const condition = (spec: unknown, [equal, pattern]: readonly [string, string], at: At): Fields => {
  if (typeof spec === 'string') return { [equal]: spec }
  if (isOperators(spec) && Object.keys(spec).length === 1) {
    if (typeof spec['$equalTo'] === 'string') return { [equal]: spec['$equalTo'] }
    if (typeof spec['$matches'] === 'string') return { [pattern]: toJavaRegex(spec['$matches'], at) }
  }
  throw new CannotSay('a condition on the URL other than equal and $matches', at)
}
