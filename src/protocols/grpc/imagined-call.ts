/** A call that nobody sent: what `explain` asks about, and what mocks are asked about a call that passed them by. */
import type { Body } from '../../core/body.ts'
import { type Call, newContext, type Tenant } from '../../core/call.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { CollectedMessages, SingleMessage } from './body.ts'
import { GrpcCall, methodOf, type Occasion } from './call.ts'
import { ClientMessages } from './client-messages.ts'
import { missStatus } from './failure.ts'
import { ownService } from './own/own-services.ts'
import { grpcDefinitions, type RpcMethod } from './schema.ts'
import type { WireForm } from './wire-form.ts'

export interface ImaginedRpc {
  /** `acme.Inventory/Get`. */
  readonly operation: string
  /** Raw pairs. */
  readonly metadata: readonly string[]
  /** A message as JSON, or the list of a client's stream. */
  readonly message: unknown
}

export interface ImaginedMessages extends Pick<ImaginedRpc, 'operation' | 'metadata'> {
  readonly messages: readonly Uint8Array[]
}

const noBody: Body = {
  empty: true,
  read: () => {
    throw new Error('an imagined call has no bytes')
  },
  source: () => ({ pipe: (sink) => sink.end(), resume: () => undefined, cancel: () => undefined }),
}

const form: WireForm = { wire: 'grpc', codec: 'proto', contentType: 'application/grpc' }

/**
 * A list is a client's whole stream, one message of a stream both ways is asked about alone. Throws SpecError when the
 * message does not fit its type.
 */
export const imaginedRpc = (
  { operation, metadata, message }: ImaginedRpc,
  service: ServiceEntry,
  tenant: Tenant,
): GrpcCall => {
  const rpc = grpcDefinitions(service.definitions)?.methods.get(operation)
  const list = Array.isArray(message) ? message : undefined
  const messages = (list ?? [message ?? {}]).map((one) => bytesOf(one, rpc))
  const each = rpc?.clientStreams === true && rpc.serverStreams && list === undefined
  return imaginedMessages({ operation, metadata, messages }, service, tenant, each ? 'each' : 'call')
}

/** The same of messages in protobuf. `each`: about one message of a stream both ways. */
export const imaginedMessages = (
  { operation, metadata, messages }: ImaginedMessages,
  service: ServiceEntry,
  tenant: Tenant,
  occasion: Occasion,
): GrpcCall => {
  const carrier: Call = {
    id: 0,
    protocol: 'http',
    tenant,
    service,
    version: undefined,
    operation,
    method: 'POST',
    path: `/${operation}`,
    metadata: ['content-type', form.contentType, ...metadata],
    body: noBody,
    oneway: false,
    signal: new AbortController().signal,
    context: newContext(),
  }
  const rpc = methodOf(carrier)
  const stream = new ClientMessages(carrier, form)
  const body =
    rpc?.clientStreams === true && occasion === 'call'
      ? new CollectedMessages(messages, rpc, form, stream)
      : new SingleMessage(messages[0] ?? new Uint8Array(0), rpc, form, stream)
  return new GrpcCall(carrier, form, body, undefined, occasion)
}

/**
 * What becomes of it where no mock matches. `methods`: those that mocks have at its path. `kept`: one message of a stream,
 * which waits for mocks that look at all of it; `ends`: a whole stream, whose messages are answered one by one; `own`: health or reflection, which svc-mock answers by itself.
 */
export const fateUnmatched = (
  call: GrpcCall,
  methods: ReadonlySet<string>,
): { readonly kind: 'own' | 'kept' | 'ends' } | { readonly kind: 'refused'; readonly status: string } => {
  if (ownService(call) !== undefined) return { kind: 'own' }
  if (call.method === 'each' && methods.size > 0 && !methods.has('each')) return { kind: 'kept' }
  if (call.method === 'call' && methods.has('each') && !methods.has('call')) return { kind: 'ends' }
  call.mocked = methods.size > 0
  return { kind: 'refused', status: missStatus(call) }
}

const bytesOf = (message: unknown, rpc: RpcMethod | undefined): Uint8Array =>
  rpc === undefined ? new Uint8Array(0) : rpc.input.encode(message)
