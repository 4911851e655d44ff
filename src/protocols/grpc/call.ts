/** One RPC as a Call, or one message of a stream that is answered message by message. */
import type { Body } from '../../core/body.ts'
import type { Call, CallChanges, CallContext, InParts, Tenant } from '../../core/call.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import type { GrpcBody } from './body.ts'
import { grpcDefinitions, type RpcMethod } from './schema.ts'
import type { WireForm } from './wire-form.ts'

/**
 * What is asked of the mocks. `call`: the whole RPC, once the client has said all it says. `each`: one message of a stream
 * both ways, which may be answered before the next one comes.
 */
export type Occasion = 'call' | 'each'

type Writable<T> = { -readonly [key in keyof T]: T[key] }

export class GrpcCall implements Call {
  readonly protocol = 'grpc'
  readonly oneway = false
  /** The carrier's: what happens to one happens to both. */
  readonly context: CallContext
  readonly id: number
  tenant: Tenant
  readonly service: ServiceEntry
  readonly method: string
  /** `/acme.Inventory/Get`. */
  readonly path: string
  readonly metadata: Metadata
  readonly body: GrpcBody
  readonly form: WireForm
  /** The HTTP exchange that carries it. */
  readonly carrier: Call
  /** undefined: no definition names it, or it is no RPC. */
  readonly rpc: RpcMethod | undefined
  /** Whether any mock answers its method; known once none has matched. */
  mocked = false
  /** One of several questions about one RPC, whose answers are put together before they are rendered. */
  readonly part: boolean
  /** A stream both ways that is answered message by message. */
  inParts: InParts | undefined
  /** What is put around the body that leaves for the real service. */
  watch: ((leaving: Body) => Body) | undefined
  private readonly deadline: AbortSignal | undefined
  private both: AbortSignal | undefined

  /** `deadline`: aborted when the client's patience is over. */
  constructor(
    carrier: Call,
    form: WireForm,
    body: GrpcBody,
    deadline?: AbortSignal,
    occasion: Occasion = 'call',
    part = false,
  ) {
    this.carrier = carrier
    this.form = form
    this.body = body
    this.deadline = deadline
    this.part = part
    this.context = carrier.context
    this.id = carrier.id
    this.tenant = carrier.tenant
    this.service = carrier.service
    this.method = form.wire === 'none' ? carrier.method : occasion
    this.path = carrier.path
    this.metadata = carrier.metadata
    this.rpc = methodOf(carrier)
  }

  /** A question about one message, or about all of them. */
  asked(occasion: Occasion, body: GrpcBody): GrpcCall {
    return new GrpcCall(this.carrier, this.form, body, this.deadline, occasion, true)
  }

  /** The same RPC, sent elsewhere or with other metadata; its messages are the same. */
  derived({ metadata = this.metadata, service = this.service }: CallChanges): GrpcCall {
    const copy: Writable<GrpcCall> = new GrpcCall(this.carrier, this.form, this.body, this.deadline)
    copy.tenant = this.tenant
    copy.service = service
    copy.method = this.method
    copy.metadata = metadata
    copy.part = this.part
    copy.mocked = this.mocked
    copy.inParts = this.inParts
    copy.watch = this.watch
    return copy as GrpcCall
  }

  get wire(): Body {
    return this.carrier.body
  }

  get operation(): string {
    return this.form.wire === 'none' ? `${this.carrier.method} ${this.path}` : this.path.slice(1)
  }

  get version(): string | undefined {
    const from = this.service.versionFrom
    return from.kind === 'header' ? firstValue(this.metadata, from.name) : undefined
  }

  get signal(): AbortSignal {
    if (this.deadline === undefined) return this.carrier.signal
    this.both ??= AbortSignal.any([this.carrier.signal, this.deadline])
    return this.both
  }
}

export const methodOf = ({ service, path }: Call): RpcMethod | undefined =>
  grpcDefinitions(service.definitions)?.methods.get(path.slice(1))
