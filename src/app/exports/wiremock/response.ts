/** `response`, `responses`, `upstream` and `fault` of a mock as responses of stubs. */

import type { FaultSpec } from '../../../core/fault-schema.ts'
import { compileFault } from '../../../core/fault-spec.ts'
import { type Fields, isFields } from '../../../core/fields.ts'
import { hasExpressions, unescapeTemplates } from '../../../core/template.ts'
import { typeByExtension } from '../../../protocols/http/content-type.ts'
import { type At, CannotSay, type Otherwise } from './cannot.ts'

/** Copies `bodyFile` into `__files`; gives the name there. */
export type TakeFile = (name: string, at: At) => string

/** Throws CannotSay. */
export const stubResponse = (spec: Fields, at: At, told: Otherwise, take: TakeFile): Fields => {
  if (typeof spec['status'] === 'string') throw new CannotSay('an expression as status', [...at, 'status'])
  const templated = hasExpressions(spec)
  if (templated && JSON.stringify(unescapeTemplates(spec)).replaceAll('${{', '').includes('{{'))
    throw new CannotSay('{{ beside expressions', at)
  const write = <T>(value: T, place: At): T =>
    templated ? (handlebars(value, place, told) as T) : (unescapeTemplates(value) as T)
  const headers = { ...(spec['headers'] as Fields | undefined) }
  const content = contentOf(spec, at, take)
  if (
    content.type !== undefined &&
    !Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  )
    headers['content-type'] = content.type
  return {
    status: spec['status'] ?? 200,
    ...(spec['statusText'] !== undefined && { statusMessage: spec['statusText'] }),
    ...(Object.keys(headers).length > 0 && { headers: write(headers, [...at, 'headers']) }),
    ...write(content.body, at),
    ...(templated && { transformers: ['response-template'] }),
  }
}

interface Content {
  readonly body: Fields
  readonly type?: string
}

const contentOf = (spec: Fields, at: At, take: TakeFile): Content => {
  const { body, bodyFile, bodyBase64, template } = spec
  if (typeof bodyFile === 'string') {
    if (template === true) throw new CannotSay('a file with expressions', [...at, 'template'])
    return { body: { bodyFileName: take(bodyFile, [...at, 'bodyFile']) }, type: typeByExtension(bodyFile) }
  }
  if (typeof bodyBase64 === 'string') return { body: { base64Body: bodyBase64 } }
  if (body === undefined) return { body: {} }
  if (typeof body === 'string') return { body: { body }, type: 'text/plain; charset=utf-8' }
  // As text, because WireMock takes null for no body at all.
  return { body: body === null ? { body: 'null' } : { jsonBody: body }, type: 'application/json' }
}

const handlebars = (value: unknown, at: At, told: Otherwise): unknown => {
  if (typeof value === 'string')
    return value.replace(/\$\$\{\{|\$\{\{([\s\S]*?)\}\}/g, (_all, source: string | undefined) =>
      source === undefined ? '${{' : `{{${helper(source.trim(), at, told)}}}`,
    )
  if (Array.isArray(value)) return value.map((one) => handlebars(one, at, told))
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, handlebars(one, [...at, key], told)]),
  )
}

const helper = (source: string, at: At, told: Otherwise): string => {
  const plain = source
    .replace(/\s*\?\?\s*''$/, '')
    .replace(/^\[(.*)\]\.flat\(\)\[0\]$/, '$1')
    .replace(/\s*\?\?\s*''$/, '')
  if (plain === 'request.method' || plain === 'request.path') return plain
  if (plain === 'uuid()') return "randomValue type='UUID'"
  if (plain === 'now()') {
    told.say('now(): WireMock writes the time without milliseconds', at)
    return 'now'
  }
  const segment = /^request\.path\.split\('\/'\)\[(\d+)\]$/.exec(plain)
  if (segment !== null && segment[1] !== '0') return `request.pathSegments.[${Number(segment[1]) - 1}]`
  const path = /^jsonpath\(request\.body, "([^"']*)"\)\[0\]$/.exec(plain)
  if (path !== null) return `jsonPath request.body '${path[1]}'`
  const one = /^request\.(params|query|headers|cookies)(?:\.([A-Za-z_]\w*)|\['([^'\\]*)'\])$/.exec(plain)
  if (one === null) throw new CannotSay(`the expression ${source}`, at)
  const name = one[2] ?? one[3]!
  const section = one[1] === 'params' ? 'path' : one[1]
  return `request.${section}.${/^[\w-]+$/.test(name) ? name : `[${name}]`}`
}

const faults = {
  reset: 'CONNECTION_RESET_BY_PEER',
  empty: 'EMPTY_RESPONSE',
  malformed: 'MALFORMED_RESPONSE_CHUNK',
} as const

/** What a fault adds to, or puts in place of, a response. Throws CannotSay. */
export const stubFault = (spec: FaultSpec, told: Otherwise): Fields => {
  const at: At = ['fault']
  const fault = compileFault(spec)
  if (fault.rate !== 1) throw new CannotSay('rate: WireMock breaks all calls or none', [...at, 'rate'])
  if (fault.abort === 'close' || fault.abort === 'timeout')
    throw new CannotSay(`abort: ${fault.abort}`, [...at, 'abort'])
  if (fault.bytesPerSecond !== undefined) throw new CannotSay('bandwidth', [...at, 'bandwidth'])
  if (fault.slowBodyMs > 0) told.say('slowBody: in five pieces', [...at, 'slowBody'])
  return {
    ...delayOf(fault.delayMs, fault.jitterMs, fault.distribution),
    ...(fault.slowBodyMs > 0 && {
      chunkedDribbleDelay: { numberOfChunks: 5, totalDuration: fault.slowBodyMs },
    }),
    ...(fault.abort !== undefined && { fault: faults[fault.abort] }),
    ...(fault.status !== undefined && { status: fault.status }),
  }
}

const delayOf = (delay: number, jitter: number, distribution: 'uniform' | 'lognormal'): Fields => {
  if (jitter === 0) return delay === 0 ? {} : { fixedDelayMilliseconds: delay }
  if (distribution === 'lognormal')
    return {
      delayDistribution: {
        type: 'lognormal',
        median: delay,
        sigma: Number(Math.log(1 + jitter / delay).toFixed(6)),
      },
    }
  return { delayDistribution: { type: 'uniform', lower: Math.max(0, delay - jitter), upper: delay + jitter } }
}
