/** `response` of a stub (WireMock's ResponseDefinition) as an answer of a mock, with its fault. */
import { type Fields, isFields } from '../../../core/fields.ts'
import { stringifyJson } from '../../../core/json.ts'
import { hopByHop } from '../../../protocols/http/hop-by-hop.ts'
import { expressionsOf, literalTemplate, NoExpression } from './template.ts'
import { type At, fieldsOf, listOf, NotPossible, type Told, textOf } from './told.ts'

export interface AnswerOf {
  readonly response?: Fields
  readonly upstream?: Fields
  readonly fault?: Fields
}

/** Where `bodyFileName` is read, and where its bytes go. Throws NotPossible. */
export interface BodyFiles {
  take(name: string, at: At): { readonly bytes: Uint8Array; readonly file: string }
}

const known = new Set([
  'status',
  'statusMessage',
  'body',
  'jsonBody',
  'base64Body',
  'bodyFileName',
  'headers',
  'fixedDelayMilliseconds',
  'delayDistribution',
  'chunkedDribbleDelay',
  'fault',
  'proxyBaseUrl',
  'additionalProxyRequestHeaders',
  'removeProxyRequestHeaders',
  'proxyUrlPrefixToRemove',
  'transformers',
  'transformerParameters',
  'fromConfiguredStub',
  'additionalHeaders',
])

/** Throws NotPossible. */
export const answerOf = (value: unknown, at: At, told: Told, files: BodyFiles): AnswerOf => {
  const spec = value === undefined || value === null ? {} : fieldsOf(value, at)
  const unknown = Object.keys(spec).find((key) => !known.has(key))
  if (unknown !== undefined) throw new NotPossible(`response.${unknown} is not known`, [...at, unknown])
  const fault = faultOf(spec, at, told)
  if (typeof spec['proxyBaseUrl'] === 'string') return proxied(spec, at, told, fault)
  if (typeof spec['fault'] === 'string') return { response: { status: 200 }, ...(fault && { fault }) }
  return { response: responseOf(spec, at, told, files), ...(fault && { fault }) }
}

const proxied = (spec: Fields, at: At, told: Told, fault: Fields | undefined): AnswerOf => {
  told.changed(
    `proxyBaseUrl ${String(spec['proxyBaseUrl'])}: the service's own upstream is asked; set it in svc-mock.yaml`,
    [...at, 'proxyBaseUrl'],
  )
  for (const key of ['additionalProxyRequestHeaders', 'removeProxyRequestHeaders', 'proxyUrlPrefixToRemove'])
    if (spec[key] !== undefined) told.changed(`${key}: calls go on as they came`, [...at, key])
  const set = headersOf(spec, at, told, (text) => text)
  return {
    upstream: Object.keys(set).length === 0 ? {} : { patch: { headers: { set } } },
    ...(fault && { fault }),
  }
}

const responseOf = (spec: Fields, at: At, told: Told, files: BodyFiles): Fields => {
  const words = writer(spec, at, told)
  const status = statusOf(spec['status'], [...at, 'status'])
  const headers = headersOf(spec, at, told, words.text)
  const text = typeof spec['statusMessage'] === 'string' ? spec['statusMessage'] : undefined
  return {
    status,
    ...(text !== undefined && text !== '' && { statusText: text }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...bodyOf(spec, at, told, { files, status, words }),
  }
}

const statusOf = (value: unknown, at: At): number => {
  if (value === undefined || value === null || value === 0) return 200
  const status = Number(value)
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status
  throw new NotPossible(`the status ${String(value)}: mocks answer 200 to 599`, at)
}

interface Words {
  readonly templated: boolean
  text(text: string, at: At): string
}

/** With the transformer response-template, texts hold Handlebars. Throws NotPossible. */
const writer = (spec: Fields, at: At, told: Told): Words => {
  const transformers =
    spec['transformers'] === undefined || spec['transformers'] === null
      ? []
      : listOf(spec['transformers'], [...at, 'transformers'])
  const other = transformers.find((name) => name !== 'response-template')
  if (other !== undefined) throw new NotPossible(`the transformer ${String(other)}`, [...at, 'transformers'])
  const templated = transformers.length > 0
  const parameters = spec['transformerParameters']
  if (isFields(parameters) && Object.keys(parameters).length > 0) {
    if (templated) throw new NotPossible('transformerParameters', [...at, 'transformerParameters'])
    told.changed('transformerParameters are left out: no transformer is named', [
      ...at,
      'transformerParameters',
    ])
  }
  return {
    templated,
    text: (text, place) => {
      if (!templated || !text.includes('{{')) return literalTemplate(text)
      try {
        return expressionsOf(text)
      } catch (error) {
        if (!(error instanceof NoExpression)) throw error
        throw new NotPossible(`response templating: ${error.message}`, place)
      }
    },
  }
}

const headersOf = (spec: Fields, at: At, told: Told, write: Words['text']): Record<string, unknown> => {
  const headers: Record<string, unknown> = {}
  const given = spec['headers']
  if (given === undefined || given === null) return headers
  for (const [name, value] of Object.entries(fieldsOf(given, [...at, 'headers']))) {
    const place = [...at, 'headers', name]
    if (name.toLowerCase() === 'content-length' || hopByHop.has(name.toLowerCase())) {
      told.changed(
        `the header ${name} is left out: it belongs to the connection or the length, which are svc-mock's`,
        place,
      )
      continue
    }
    headers[name] = Array.isArray(value)
      ? value.map((one, i) => write(textOf(one, [...place, i]), [...place, i]))
      : write(textOf(value, place), place)
  }
  return headers
}

interface BodyTools {
  readonly files: BodyFiles
  readonly status: number
  readonly words: Words
}

/** Of several, the order in which WireMock looks for them. */
const bodyOf = (spec: Fields, at: At, told: Told, { files, status, words }: BodyTools): Fields => {
  const body = readBody(spec, at, files, words)
  if (Object.keys(body).length === 0 || (status !== 204 && status !== 304)) return body
  told.changed(`the body is left out: a reply with status ${status} has none`, at)
  return {}
}

const readBody = (spec: Fields, at: At, files: BodyFiles, words: Words): Fields => {
  const { body, jsonBody, base64Body, bodyFileName } = spec
  if (body !== undefined && body !== null) {
    const text = textOf(body, [...at, 'body'])
    return text === '' ? {} : { body: words.text(text, [...at, 'body']) }
  }
  if (jsonBody !== undefined && jsonBody !== null) {
    // Texts of the document may hold templates; nothing else of it changes with them.
    if (words.templated && stringifyJson(jsonBody).includes('{{'))
      return { body: words.text(stringifyJson(jsonBody), [...at, 'jsonBody']) }
    if (typeof jsonBody === 'string') return { body: literalTemplate(JSON.stringify(jsonBody)) }
    return { body: mapTexts(jsonBody, literalTemplate) }
  }
  if (base64Body !== undefined && base64Body !== null) {
    const text = textOf(base64Body, [...at, 'base64Body'])
    return text === '' ? {} : { bodyBase64: Buffer.from(text, 'base64').toString('base64') }
  }
  if (bodyFileName !== undefined && bodyFileName !== null) {
    const name = textOf(bodyFileName, [...at, 'bodyFileName'])
    if (words.templated && name.includes('{{'))
      throw new NotPossible('bodyFileName with a template', [...at, 'bodyFileName'])
    const { bytes, file } = files.take(name, [...at, 'bodyFileName'])
    if (!words.templated) return { bodyFile: file }
    const text = new TextDecoder().decode(bytes)
    return text.includes('{{') ? { body: words.text(text, [...at, 'bodyFileName']) } : { bodyFile: file }
  }
  return {}
}

const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]))
}

const aborts: Readonly<Record<string, string>> = {
  CONNECTION_RESET_BY_PEER: 'reset',
  EMPTY_RESPONSE: 'empty',
  MALFORMED_RESPONSE_CHUNK: 'malformed',
  RANDOM_DATA_THEN_CLOSE: 'malformed',
}

const faultOf = (spec: Fields, at: At, told: Told): Fields | undefined => {
  const fault: Record<string, unknown> = { ...delayOf(spec, at, told) }
  const dribble = spec['chunkedDribbleDelay']
  if (dribble !== undefined && dribble !== null) {
    const { totalDuration } = fieldsOf(dribble, [...at, 'chunkedDribbleDelay'])
    told.changed('chunkedDribbleDelay: the body takes as long, in pieces of another number', [
      ...at,
      'chunkedDribbleDelay',
    ])
    fault['slowBody'] = milliseconds(totalDuration, [...at, 'chunkedDribbleDelay', 'totalDuration'])
  }
  const abort = spec['fault']
  if (abort !== undefined && abort !== null) {
    const name = textOf(abort, [...at, 'fault'])
    if (!Object.hasOwn(aborts, name)) throw new NotPossible(`the fault ${name}`, [...at, 'fault'])
    if (name === 'RANDOM_DATA_THEN_CLOSE')
      told.changed('RANDOM_DATA_THEN_CLOSE: a good head, then a broken chunk', [...at, 'fault'])
    fault['abort'] = aborts[name]
  }
  return Object.keys(fault).length === 0 ? undefined : fault
}

const delayOf = (spec: Fields, at: At, told: Told): Fields => {
  const fixed = spec['fixedDelayMilliseconds']
  const distribution = spec['delayDistribution']
  const own =
    fixed === undefined || fixed === null || fixed === 0
      ? undefined
      : milliseconds(fixed, [...at, 'fixedDelayMilliseconds'])
  if (distribution === undefined || distribution === null) return own === undefined ? {} : { delay: own }
  const place = [...at, 'delayDistribution']
  if (own !== undefined) throw new NotPossible('fixedDelayMilliseconds and delayDistribution at once', place)
  const spread = fieldsOf(distribution, place)
  switch (spread['type']) {
    case 'fixed':
      return { delay: milliseconds(spread['milliseconds'], [...place, 'milliseconds']) }
    case 'uniform': {
      const [lower, upper] = [Number(spread['lower']), Number(spread['upper'])]
      if (!(lower >= 0 && upper >= lower)) throw new NotPossible('a uniform delay without limits', place)
      const jitter = (upper - lower) / 2
      return {
        delay: `${Math.round(lower + jitter)}ms`,
        ...(jitter >= 1 && { jitter: `${Math.round(jitter)}ms` }),
      }
    }
    case 'lognormal': {
      const [median, sigma] = [Number(spread['median']), Number(spread['sigma'])]
      if (!(median > 0 && sigma >= 0))
        throw new NotPossible('a lognormal delay without median and sigma', place)
      if (spread['maxValue'] !== undefined)
        told.changed('maxValue of the delay is left out', [...place, 'maxValue'])
      // Five of six calls are faster than the median times e to the sigma.
      const jitter = Math.round(median * (Math.exp(sigma) - 1))
      return {
        delay: `${Math.round(median)}ms`,
        ...(jitter >= 1 && { jitter: `${jitter}ms`, distribution: 'lognormal' }),
      }
    }
    default:
      throw new NotPossible(`the delay distribution ${String(spread['type'])}`, [...place, 'type'])
  }
}

const milliseconds = (value: unknown, at: At): string => {
  const amount = Number(value)
  if (!Number.isFinite(amount) || amount < 0)
    throw new NotPossible(`${String(value)} is no time in milliseconds`, at)
  return `${Math.round(amount)}ms`
}
