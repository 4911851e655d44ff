/** `request:` of an example: one concrete call, checked when it is read and made anew each time. */

import type { ResponseFiles } from '../../../core/dialect.ts'
import type { ExampleCall, ExamplePlace } from '../../../core/example.ts'
import { type Fields, isFields } from '../../../core/fields.ts'
import { SpecError } from '../../../core/matcher.ts'
import { collectMistakes, within } from '../../../core/mistakes.ts'
import { imaginedCall } from '../imagined-call.ts'
import { checkMethod } from '../method.ts'
import { formatHost, parseTarget, type RequestTarget } from '../target.ts'
import { exampleBody, type TypedBytes } from './body.ts'
import type { CallSpec } from './schema.ts'

export const compileCall = (spec: CallSpec, request: unknown, files: ResponseFiles): ExampleCall => {
  let target: RequestTarget | undefined
  let headers: readonly string[] = []
  let body: TypedBytes | undefined
  const above = isFields(request) ? request : {}
  collectMistakes<void>([
    () => checkMethod(spec.method),
    () => {
      target = targetOf(spec, above)
    },
    () => {
      headers = headersOf(spec)
    },
    () => {
      body = exampleBody(spec, files)
    },
  ])
  const method = spec.method ?? textAt(above, 'method') ?? (body === undefined ? 'GET' : 'POST')
  const call = { method, target: target!, headers, body }
  return {
    operation: `${method} ${call.target.path}${call.target.search}`,
    make: (place) => make(call, place),
  }
}

interface ConcreteCall {
  readonly method: string
  readonly target: RequestTarget
  readonly headers: readonly string[]
  readonly body: TypedBytes | undefined
}

const make = ({ method, target, headers, body }: ConcreteCall, place: ExamplePlace) => {
  const { authority, path, search } = target
  const routed = authority === undefined ? place.home : place.route(authority.host, authority.port, path)
  const host =
    authority === undefined
      ? formatHost(routed.target.scheme, routed.target)
      : formatHost(target.scheme, authority)
  return imaginedCall(
    {
      method,
      path,
      search,
      headers: ['Host', host, ...headers, ...bodyHeaders(headers, body)],
      body: body?.bytes,
      version: place.version,
    },
    routed,
    place.tenant,
  )
}

/** What any client sends with a body. */
const bodyHeaders = (headers: readonly string[], body: TypedBytes | undefined): string[] => {
  if (body === undefined) return []
  const typed = headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type')
  const type = typed || body.type === undefined ? [] : ['Content-Type', body.type]
  return [...type, 'Content-Length', String(body.bytes.length)]
}

/** Not sent as they stand: spaces, quotes, and what is no ASCII. */
const unsendable = /[^\x21-\x7e]|["<>`{}|\\^]/gu

const targetOf = (spec: CallSpec, above: Fields): RequestTarget => {
  if (spec.url !== undefined && spec.path !== undefined)
    throw new SpecError('url and path exclude each other', ['path'], 'keep one of them', true)
  const key = spec.url === undefined ? 'path' : 'url'
  const written = spec.url ?? spec.path ?? pathAbove(above)
  const target = within(spec[key] === undefined ? [] : [key], () => parsed(written, key))
  const more = new URLSearchParams(pairsOf(spec.query)).toString()
  if (more === '') return target
  return { ...target, search: target.search === '' ? `?${more}` : `${target.search}&${more}` }
}

const parsed = (written: string, key: 'path' | 'url'): RequestTarget => {
  const parameter = /\{[^{}]*\}/.exec(written)?.[0]
  if (parameter !== undefined)
    throw new SpecError(
      `an example is one concrete call, and ${parameter} is a parameter`,
      [],
      `write a value in its place: ${written.replaceAll(/\{[^{}]*\}/g, '42')}`,
    )
  if (written.includes('#')) throw new SpecError(`no client sends what follows a #: ${written}`)
  if (key === 'path' && written !== '*' && !written.startsWith('/'))
    throw new SpecError(
      `the path does not begin with a slash: ${written}`,
      [],
      /^https?:/i.test(written) ? 'a whole address is url: …' : `write /${written}`,
    )
  const target = parseTarget(written.replaceAll(unsendable, (character) => encodeURIComponent(character)))
  if (target !== undefined && (key === 'path' || target.authority !== undefined)) return target
  throw new SpecError(`${written} is no address`, [], 'write http://orders.test.example.com/orders/42')
}

const pathAbove = (above: Fields): string => {
  const path = textAt(above, 'path')
  if (path === undefined) throw new SpecError('path is missing', [], 'add path: /…')
  if (!/[{}]/.test(path)) return path
  throw new SpecError(
    'path is missing, and that of the mock has parameters',
    [],
    `add path: ${path.replaceAll(/\{[^{}]*\}/g, '42')}`,
  )
}

const textAt = (fields: Fields, key: string): string | undefined => {
  const value = fields[key]
  return typeof value === 'string' ? value : undefined
}

const headersOf = ({ headers, cookies }: CallSpec): string[] => {
  const pairs = collectMistakes(
    pairsOf(headers).map(([name, value]) => () => {
      if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name))
        throw new SpecError(`"${name}" is no header name`, ['headers', name], undefined, true)
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
        throw new SpecError(`the value of ${name} holds a character that no header can carry`, [
          'headers',
          name,
        ])
      return [name, value]
    }),
  ).flat()
  const jar = Object.entries(cookies ?? {}).map(([name, value]) => `${name}=${value}`)
  return jar.length === 0 ? pairs : [...pairs, 'Cookie', jar.join('; ')]
}

type Texts = CallSpec['query']

/** Name and value, once for each item of a list. */
export const pairsOf = (given: Texts): [string, string][] =>
  Object.entries(given ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )
