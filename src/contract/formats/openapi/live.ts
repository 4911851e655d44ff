/** Live calls and replies held against a description, by the same checks as mocks; what is found names no values. */

import type { DecodedBody } from '../../../core/body.ts'
import { type Breach, breachesAtMost, shownName, shownPath } from '../../../core/contract.ts'
import { allValues, firstValue, type Metadata } from '../../../core/metadata.ts'
import type { SourceLocation } from '../../../core/source.ts'
import type { Severity } from '../../violation.ts'
import { checkReply } from './check-reply.ts'
import { checkRequest, describesBody } from './check-request.ts'
import { type Pointer, placeOf, type SpecNode } from './document.ts'
import type { FindingSink, FindingWords } from './findings.ts'
import type { TextKnowledge } from './knowledge.ts'
import type { KnownRequest, KnownRequestBody } from './known-request.ts'
import { type Description, isJsonType, mediaFor, type Operation, responseFor } from './operations.ts'
import { Router } from './router.ts'
import type { SchemaMismatch } from './schemas.ts'
import { typesOf } from './text-values.ts'

export interface RealRequest {
  readonly method: string
  /** Raw, without query. */
  readonly path: string
  readonly headers: Metadata
  readonly query: ReadonlyMap<string, readonly string[]>
  readonly cookies: ReadonlyMap<string, readonly string[]>
  /** `none`: it has none. undefined: it has one, which was not seen whole. */
  readonly body: DecodedBody | 'none' | undefined
}

export interface RealReply {
  readonly status: number
  readonly headers: Metadata
  /** After content-encoding has been undone; empty for none. undefined: it was not seen whole. */
  readonly body: Uint8Array | undefined
}

type Target = Pick<RealRequest, 'method' | 'path'>

/** Beyond that a place in the description is not worked out any more. */
const rememberedPlaces = 10_000

export class LiveDescription {
  readonly #description: Description
  readonly #router: Router
  readonly #places = new Map<string, SourceLocation>()

  constructor(description: Description) {
    this.#description = description
    this.#router = new Router(description)
  }

  /** Whether the call's body says anything. */
  readsRequest(target: Target, contentType: string): boolean {
    const operation = this.#operation(target)
    return operation !== undefined && describesBody(operation, contentType)
  }

  /** Whether the reply's body says anything, and ends: streams of events and of documents do not. */
  readsReply(target: Target, status: number, contentType: string): boolean {
    const operation = this.#operation(target)
    const response = operation === undefined ? undefined : responseFor(operation, status)
    if (response === undefined || isStream(contentType) || isPart(status)) return false
    // Without a type it may be no body at all, which the contract may want.
    if (contentType === '') return response.content.some(({ schema }) => schema !== undefined)
    const media = mediaFor(response.content, contentType)
    if (media?.schema === undefined) return false
    if (isJsonType(contentType)) return true
    const types = typesOf(media.schema, this.#description.files)
    return /^text\//i.test(contentType) && types.has('string') && types.size === 1
  }

  request(request: RealRequest): readonly Breach[] {
    const operations = this.#router.called(request.path)
    const operation = methodOf(operations, request.method)
    const findings = new LiveFindings('call', operation?.name ?? nameOf(request), this.#places)
    if (operation !== undefined) checkRequest(knownOfCall(request), operation, this.#description, findings)
    else if (operations.length === 0)
      findings.add('violation', 'unknown-path', ['request', 'path'], {
        message: 'the contract has no such path',
        contract: { file: this.#description.file, pointer: ['paths'], value: undefined },
      })
    // Contracts say nothing of preflights.
    else if (request.method !== 'OPTIONS')
      findings.add('violation', 'unknown-method', ['request', 'method'], {
        message: 'the contract has no such method for this path',
        expected: operations.map(({ method }) => method).join(', '),
        actual: shownName(request.method),
        contract: { ...operations[0]!.node, pointer: operations[0]!.node.pointer.slice(0, -1) },
      })
    return findings.list
  }

  /** Nothing, where the call itself is none of the contract. */
  reply(target: Target, { status, headers, body }: RealReply): readonly Breach[] {
    const operation = this.#operation(target)
    if (operation === undefined || status === 304) return []
    const findings = new LiveFindings('reply', operation.name, this.#places)
    const type = firstValue(headers, 'content-type') ?? ''
    const [none, unread] = [target.method === 'HEAD' || isPart(status), body === undefined || isStream(type)]
    const reply = { section: ['response'], status, headers, body, bodyKey: 'body', templated: false }
    checkReply(reply, operation, this.#description, findings, none || unread)
    if (unread && !none) this.#typeOnly(operation, status, type, findings)
    return findings.list
  }

  /** Of a body that was not seen, its content type is known all the same. */
  #typeOnly(operation: Operation, status: number, type: string, findings: FindingSink): void {
    const content = responseFor(operation, status)?.content ?? []
    if (type === '' || content.length === 0 || mediaFor(content, type) !== undefined) return
    findings.add('violation', 'content-type', ['response', 'body'], {
      message: 'the contract has no such content type here',
      expected: content.map((one) => one.type).join(', '),
      actual: type,
      contract: content[0]!.node,
    })
  }

  #operation({ method, path }: Target): Operation | undefined {
    return methodOf(this.#router.called(path), method)
  }
}

/** HEAD is answered as GET is. */
const methodOf = (operations: readonly Operation[], method: string): Operation | undefined =>
  operations.find((one) => one.method === method) ??
  (method === 'HEAD' ? operations.find((one) => one.method === 'GET') : undefined)

const nameOf = ({ method, path }: Target): string => `${method} ${path}`

/** Server-sent events, and JSON documents one after the other. */
const isStream = (type: string): boolean =>
  /^(?:text\/event-stream|application\/(?:stream\+json|json-seq|x-?ndjson|ndjson|jsonl))\s*(?:;|$)/i.test(
    type,
  )

/** 206: a piece of a body is none that a schema could be held against. */
const isPart = (status: number): boolean => status === 206

const knownOfCall = (request: RealRequest): KnownRequest => ({
  real: true,
  path: request.path,
  text: (place, name) => {
    const values =
      place === 'header'
        ? allValues(request.headers, name)
        : (valuesOf(request[place === 'query' ? 'query' : 'cookies'], name) ?? [])
    if (values.length === 0) return undefined
    const section = place === 'header' ? 'headers' : place === 'cookie' ? 'cookies' : place
    return { path: [section, name], known: known(values) }
  },
  segment: (text) => ({ path: ['path'], known: known([decoded(text)]) }),
  queryNames: () => [...request.query.keys()],
  body: bodyOf(request),
})

/** Some write lists as `ids[]=1`. */
const valuesOf = (
  values: ReadonlyMap<string, readonly string[]>,
  name: string,
): readonly string[] | undefined => values.get(name) ?? values.get(`${name}[]`)

const known = (values: readonly string[]): TextKnowledge => ({
  kind: values.length === 1 ? 'oneOf' : 'all',
  values,
})

const bodyOf = ({ body, headers }: RealRequest): KnownRequestBody => {
  if (body === undefined) return unseenBody(headers)
  if (body === 'none' || (body.bytes.length === 0 && body.problem === undefined)) return { kind: 'none' }
  return {
    kind: 'some',
    path: ['body'],
    type: known([mediaType(headers)]),
    isForm: false,
    opaque: false,
    json: () => {
      const read = body.json()
      return read.ok ? { value: read.value, holes: 0, part: false } : { problem: read.problem }
    },
    form: () => {
      const read = body.form()
      return read.ok ? new Map([...read.value].map(([name, values]) => [name, known(values)])) : undefined
    },
  }
}

/** That there is one, and of which type, its head says. */
const unseenBody = (headers: Metadata): KnownRequestBody =>
  Number(firstValue(headers, 'content-length') ?? 0) > 0
    ? {
        kind: 'some',
        path: ['body'],
        type: known([mediaType(headers)]),
        isForm: false,
        opaque: true,
        json: () => undefined,
        form: () => undefined,
      }
    : { kind: 'unsaid' }

const mediaType = (headers: Metadata): string =>
  (firstValue(headers, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase()

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What shows a status, a type or a name may stand; other values may not. */
const harmlessActuals: ReadonlySet<string> = new Set(['response-status', 'unknown-method'])

class LiveFindings implements FindingSink {
  readonly list: Breach[] = []
  readonly #side: Breach['side']
  readonly #operation: string
  readonly #places: Map<string, SourceLocation>

  constructor(side: Breach['side'], operation: string, places: Map<string, SourceLocation>) {
    this.#side = side
    this.#operation = operation
    this.#places = places
  }

  add(
    severity: Severity,
    rule: string,
    path: Pointer,
    { message, expected, actual, contract }: FindingWords,
  ): void {
    if (severity !== 'violation' || this.list.length >= breachesAtMost) return
    const place = contract === undefined ? undefined : this.#placeOf(contract)
    const told = actual === undefined ? undefined : toldActual(rule, actual)
    this.list.push({
      side: this.#side,
      rule,
      operation: this.#operation,
      path: shownPath(path),
      message,
      ...(expected !== undefined && { expected }),
      ...(told !== undefined && { actual: told }),
      ...(place !== undefined && { contract: place }),
    })
  }

  mismatch({ rule, path, message, expected, got, contract }: SchemaMismatch, base: Pointer): void {
    const absent = rule === 'missing-property' || rule === 'unknown-property'
    this.add('violation', rule, [...base, ...path], {
      message,
      contract,
      ...(expected !== undefined && { expected }),
      ...(got !== undefined && !absent && { actual: got }),
    })
  }

  #placeOf(node: SpecNode): SourceLocation {
    const key = `${node.file.id}#${node.pointer.join('\n')}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = placeOf(node)
    if (this.#places.size < rememberedPlaces) this.#places.set(key, place)
    return place
  }
}

const toldActual = (rule: string, actual: string): string | undefined => {
  if (rule === 'content-type') {
    const type = actual.split(';')[0]!.trim()
    return type === 'none' || /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(type) ? type : undefined
  }
  if (rule === 'unknown-parameter') return shownName(actual)
  return harmlessActuals.has(rule) || /^(?:an? [a-z]+|null|nothing)$/.test(actual) ? actual : undefined
}
