/** One HTTP mock held against a description: its path and method here, its call and its answers in files of their own. */
import { isFields } from '../../../core/fields.ts'
import type { SourceLocation } from '../../../core/source.ts'
import type { Severity, Violation } from '../../violation.ts'
import { checkReply } from './check-reply.ts'
import { checkRequest } from './check-request.ts'
import { type Pointer, placeOf } from './document.ts'
import type { FindingSink, FindingWords } from './findings.ts'
import { knownText } from './knowledge.ts'
import { knownOfMock } from './known-request.ts'
import type { Description, Operation } from './operations.ts'
import type { Router } from './router.ts'
import type { SchemaMismatch } from './schemas.ts'

export interface HttpMock {
  readonly name: string
  readonly service: string
  readonly version: string | undefined
  readonly at: SourceLocation
  /** As its file has it. */
  readonly request: Readonly<Record<string, unknown>>
  readonly replies: readonly MockReply[]
  /** A place below the mock: `['response', 'body', 'total']`. */
  locate(path: Pointer): SourceLocation
}

export interface MockReply {
  /** `['response']`, `['responses', 2]`. */
  readonly section: Pointer
  /** undefined: only a call will tell. */
  readonly status: number | undefined
  /** Raw pairs, `content-type` among them. */
  readonly headers: readonly string[]
  /** undefined: none. */
  readonly body: Uint8Array | undefined
  /** The key of the section that holds the body: `body`, `bodyFile`. */
  readonly bodyKey: string
  /** Strings in it may hold expressions. */
  readonly templated: boolean
}

/** Takes what is found about one mock. */
class Findings implements FindingSink {
  readonly list: Violation[] = []
  readonly #mock: HttpMock
  operation: string

  constructor(mock: HttpMock) {
    this.#mock = mock
    const { method, path } = mock.request
    this.operation = `${typeof method === 'string' ? method : 'ANY'} ${typeof path === 'string' ? path : '/*'}`
  }

  /** `path`: below the mock, from `request` or a response's section. */
  add(severity: Severity, rule: string, path: Pointer, more: FindingWords): void {
    const { name, service, version } = this.#mock
    const { contract, ...words } = more
    this.list.push({
      severity,
      rule,
      service,
      version,
      operation: this.operation,
      mock: name,
      at: this.#mock.locate(path),
      path: pathText(path),
      ...words,
      ...(contract !== undefined && { contract: placeOf(contract) }),
    })
  }

  mismatch({ rule, path, got: _type, ...words }: SchemaMismatch, base: Pointer): void {
    this.add('violation', rule, [...base, ...path], words)
  }
}

/** `response.body.items[0].sku`. */
export const pathText = (path: Pointer): string =>
  path.reduce<string>(
    (text, step) =>
      /^\d+$/.test(String(step)) ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${step}`,
    '',
  )

/** undefined: nothing promises anything here (a preflight, say); it is not a contract. */
export const checkMock = (mock: HttpMock, description: Description, router: Router): Violation[] => {
  const findings = new Findings(mock)
  const { path, method } = mock.request
  if (typeof path !== 'string') {
    findings.add('notVerifiable', 'any-path', ['request'], {
      message: 'it answers any path, so that no operation can be told',
    })
    return findings.list
  }
  const routed = router.find(path, fixedParams(mock.request))
  if (routed === undefined) {
    findings.add('violation', 'unknown-path', ['request', 'path'], {
      message: 'the contract has no such path',
      actual: path,
      contract: { file: description.file, pointer: ['paths'], value: undefined },
      ...nearestPath(path, description),
    })
    return findings.list
  }
  const operation = operationFor(routed.operations, method)
  if (routed.kind === 'overlap' && operation === undefined) {
    findings.add('notVerifiable', 'several-operations', ['request', 'path'], {
      message: 'it answers calls of several operations',
      actual: path,
    })
    return findings.list
  }
  if (operation === undefined) {
    unknownMethod(findings, routed.operations, method)
    return findings.list
  }
  findings.operation = operation.name
  const answersWell =
    mock.replies.length === 0 || mock.replies.some(({ status }) => status === undefined || status < 400)
  // A mock of a refusal may describe the very call that the contract does not allow.
  if (answersWell) checkRequest(knownOfMock(mock.request), operation, description, findings)
  for (const reply of mock.replies) checkReply(reply, operation, description, findings, method === 'HEAD')
  return findings.list
}

/** The one operation that all its calls are of; undefined: none, or several. HEAD is answered as GET is. */
const operationFor = (operations: readonly Operation[], method: unknown): Operation | undefined => {
  if (typeof method !== 'string') return operations.length === 1 ? operations[0] : undefined
  const own = operations.filter((one) => one.method === method.toUpperCase())
  if (own.length > 0) return own.length === 1 ? own[0] : undefined
  return method === 'HEAD' ? operationFor(operations, 'GET') : undefined
}

const unknownMethod = (findings: Findings, operations: readonly Operation[], method: unknown): void => {
  const known = operations.map((one) => one.method)
  if (typeof method !== 'string') {
    findings.add('notVerifiable', 'any-method', ['request'], {
      message: `it answers any method, and the contract has ${known.join(', ')}`,
    })
  } else if (method === 'OPTIONS') {
    findings.add('notAContract', 'preflight', ['request', 'method'], {
      message: 'contracts say nothing of preflights',
    })
  } else {
    findings.add('violation', 'unknown-method', ['request', 'method'], {
      message: 'the contract has no such method for this path',
      expected: known.join(', '),
      actual: method,
      ...(operations[0] !== undefined && {
        contract: { ...operations[0].node, pointer: operations[0].node.pointer.slice(0, -1) },
      }),
    })
  }
}

const fixedParams = ({ params }: HttpMock['request']): Readonly<Record<string, string>> =>
  !isFields(params)
    ? {}
    : Object.fromEntries(
        Object.entries(params).flatMap(([name, condition]) => {
          const known = knownText(condition)
          return known.kind === 'oneOf' && known.values.length === 1 ? [[name, known.values[0]!]] : []
        }),
      )

/** A path that differs in one segment only is what somebody meant. */
const nearestPath = (path: string, { operations }: Description): { readonly hint?: string } => {
  const segments = path.split('/')
  const near = operations.find((operation) => {
    const theirs = operation.path.split('/')
    if (theirs.length !== segments.length) return false
    const differing = theirs.filter((text, i) => !text.includes('{') && text !== segments[i])
    return differing.length === 1
  })
  return near === undefined ? {} : { hint: `the contract has ${near.path}` }
}
