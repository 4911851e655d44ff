/** Examples of gRPC mock files: one RPC, and what is expected of its end, its metadata and its messages. */
import { z } from 'zod'
import type { Compilers } from '../../core/dialect.ts'
import {
  type ExampleCall,
  type ExampleDialect,
  type ExpectedReply,
  type Unexpected,
  unexpected,
} from '../../core/example.ts'
import type { Condition } from '../../core/matcher.ts'
import { SpecError } from '../../core/matcher.ts'
import { allValues, type Metadata } from '../../core/metadata.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import type { SingleReply } from '../../core/reply.ts'
import type { GrpcCall } from './call.ts'
import { EnvelopeReader } from './codec/envelope.ts'
import { statusName } from './codec/status.ts'
import { imaginedRpc } from './imagined-call.ts'
import { type GrpcScope, pathOf, undefinedMessage } from './mock-scope.ts'
import { readOutcome } from './reply/read.ts'
import { render } from './reply/render.ts'
import { statusIn, trailingMetadata } from './reply/trailers.ts'
import { metadataPairs } from './response.ts'
import type { RpcMethod } from './schema.ts'

const value = z.union([z.string(), z.number(), z.boolean()])

const callShape = {
  method: z.string().min(1).describe('Default: that of the mock above').optional(),
  message: z.unknown().describe('The message; default: an empty one').optional(),
  messages: z.array(z.unknown()).describe("The messages of a client's stream").optional(),
  metadata: z
    .record(z.string(), z.union([value, z.array(value)]))
    .describe('Metadata; values of -bin names in base64')
    .optional(),
}

const conditions = (what: string) => z.record(z.string(), z.unknown()).describe(what).optional()

const replyShape = {
  status: z.unknown().describe('A condition on the name of the status, or its number').optional(),
  statusMessage: z.unknown().describe('A condition on the text').optional(),
  message: z.unknown().describe('Conditions on the message').optional(),
  messages: z.unknown().describe('Conditions on the list of messages').optional(),
  metadata: conditions('Conditions on what comes before the messages'),
  trailers: conditions('Conditions on what comes behind them'),
}

interface CallSpec {
  readonly message?: unknown
  readonly messages?: readonly unknown[]
  readonly metadata?: Parameters<typeof metadataPairs>[0]
}

interface ReplySpec {
  readonly status?: unknown
  readonly statusMessage?: unknown
  readonly message?: unknown
  readonly messages?: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly trailers?: Readonly<Record<string, unknown>>
}

export const grpcExample = (scope: GrpcScope): ExampleDialect => ({
  callShape,
  replyShape,
  compileCall: (spec) => compileCall(spec as CallSpec, scope),
  compileReply: (spec, compile) => compileReply(spec as ReplySpec, scope, compile),
  real: (call, reply) => render(call as GrpcCall, reply),
})

/** The one method that is called. Throws SpecError. */
const methodOf = (scope: GrpcScope): RpcMethod => {
  if (scope.method === undefined)
    throw new SpecError('method is missing', [], 'add method: acme.Inventory/Get')
  pathOf(scope)
  if (scope.rpc === undefined) throw undefinedMessage(scope, 'an example')
  return scope.rpc
}

const compileCall = (spec: CallSpec, scope: GrpcScope): ExampleCall => {
  const rpc = methodOf(scope)
  let metadata: readonly string[] = []
  collectMistakes<unknown>([
    () => checkKind(spec, rpc),
    () => {
      metadata = metadataPairs(spec.metadata, ['metadata'])
    },
    () => 'message' in spec && within(['message'], () => rpc.input.encode(spec.message)),
    ...(spec.messages ?? []).map((one, i) => () => within(['messages', i], () => rpc.input.encode(one))),
  ])
  return {
    operation: rpc.operation,
    make: ({ home, tenant, version }) => {
      const { versionFrom } = home.service
      const asked = version === undefined || versionFrom.kind !== 'header' ? [] : [versionFrom.name, version]
      // The call's own stands first, and wins.
      const message = spec.messages ?? spec.message
      return imaginedRpc(
        { operation: rpc.operation, metadata: [...metadata, ...asked], message },
        home.service,
        tenant,
      )
    },
  }
}

const checkKind = (spec: CallSpec, { operation, clientStreams, serverStreams }: RpcMethod): void => {
  if (spec.message !== undefined && spec.messages !== undefined)
    throw new SpecError('message and messages exclude each other', ['messages'], 'keep one of them', true)
  if (spec.messages !== undefined && !clientStreams)
    throw new SpecError(`a call of ${operation} has one message`, ['messages'], 'write message: { … }', true)
  if (spec.message !== undefined && clientStreams && !serverStreams)
    throw new SpecError(
      `a call of ${operation} has a stream of messages`,
      ['message'],
      'write messages: [ … ]',
      true,
    )
}

/** What a client sees of a reply. */
interface Seen {
  readonly status: string
  readonly code: number
  readonly statusMessage: string
  readonly metadata: Metadata
  readonly trailers: Metadata
  readonly documents: readonly unknown[]
}

type Check = (seen: Seen) => readonly Unexpected[]

const compileReply = (spec: ReplySpec, scope: GrpcScope, compile: Compilers): ExpectedReply => {
  const { rpc } = scope
  const message = (key: 'message' | 'messages'): Check => {
    if (rpc === undefined) throw undefinedMessage(scope, key)
    const { output } = rpc
    const wanted = key === 'message' ? output.conditions(spec[key]) : output.listConditions(spec[key])
    return checkOf([key], compile.json(wanted), ({ documents }) =>
      key === 'message' ? documents[0] : documents,
    )
  }
  const pairs = (key: 'metadata' | 'trailers') =>
    Object.entries(spec[key] ?? {}).map(
      ([name, one]) =>
        (): Check =>
          checkOf(
            [key, name],
            within([key, name], () => compile.text(one)),
            (seen) => allValues(seen[key], name.toLowerCase()),
          ),
    )
  const json = (key: 'status' | 'statusMessage', read: (seen: Seen) => unknown) => (): Check =>
    checkOf(
      [key],
      within([key], () => compile.json(spec[key])),
      read,
    )
  const checks = collectMistakes<Check>([
    ...('status' in spec
      ? [json('status', ({ status, code }) => (typeof spec.status === 'number' ? code : status))]
      : []),
    ...('statusMessage' in spec ? [json('statusMessage', (seen) => seen.statusMessage)] : []),
    ...(['message', 'messages'] as const)
      .filter((key) => key in spec)
      .map((key) => () => within([key], () => message(key))),
    ...pairs('metadata'),
    ...pairs('trailers'),
  ])
  return {
    check: (reply, call) => {
      const seen = seenIn(reply, call as GrpcCall)
      return checks.flatMap((check) => check(seen))
    },
  }
}

const checkOf =
  <Value>(path: readonly string[], condition: Condition<Value>, read: (seen: Seen) => Value): Check =>
  (seen) => {
    const found = read(seen)
    if (condition.test(found)) return []
    return [unexpected(path, condition.describe(), condition.mismatch(found))]
  }

/** A reply that is whole is read in the same turn. */
const seenIn = (reply: SingleReply, { rpc }: GrpcCall): Seen => {
  const documents: unknown[] = []
  let trailers: Metadata = []
  const outcome = readOutcome(reply, rpc, Number.POSITIVE_INFINITY)
  const reader = new EnvelopeReader(Number.POSITIVE_INFINITY)
  outcome?.source.pipe({
    message: (bytes) => {
      reader.push(bytes, ({ payload }) => documents.push(rpc?.output.document(payload)))
      return true
    },
    end: (late = []) => {
      trailers = late
    },
    fail: () => undefined,
  })
  const { code, message } = statusIn(trailers)
  return {
    status: statusName(code),
    code,
    statusMessage: message,
    metadata: outcome?.metadata ?? [],
    trailers: trailingMetadata(trailers),
    documents,
  }
}
