/** What a call carries, as mocks and scripts look at it: one message as a document, or the list of a client's stream. */
import type { Body, Decoded, DecodedBody, Source } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import { stringifyJson } from '../../core/json.ts'
import { ClientMessages } from './client-messages.ts'
import { envelope } from './codec/envelope.ts'
import { concat } from './codec/wire.ts'
import type { RpcMethod } from './schema.ts'
import type { WireForm } from './wire-form.ts'

export interface GrpcBody extends Body {
  /** Resolves when the client has said all it says; undefined when it has. Rejects like `read`. */
  whole(): Promise<void> | undefined
  /** What the real service is given: the bytes as they came. */
  raw(): Source
  /** Whether anything has been read, so that the bytes must be given again. */
  readonly begun: boolean
  /** They cannot be. */
  readonly forgotten: boolean
  /** The reply is on its way: what is left unread need not come. */
  drop(): void
}

/** Of a call that carries whole messages. */
export class StreamedBody implements GrpcBody {
  readonly empty = false
  readonly messages: ClientMessages
  private readonly rpc: RpcMethod | undefined
  private readonly form: WireForm
  private readonly limit: number
  private done: readonly Uint8Array[] | undefined
  private reading: Promise<readonly Uint8Array[]> | undefined
  private decoded: DecodedBody | undefined

  constructor(carrier: Call, form: WireForm, rpc: RpcMethod | undefined) {
    this.messages = new ClientMessages(carrier, form)
    this.rpc = rpc
    this.form = form
    this.limit = carrier.service.bodyLimit
  }

  get begun(): boolean {
    return this.messages.begun
  }

  get forgotten(): boolean {
    return this.messages.forgotten
  }

  read(): DecodedBody | Promise<DecodedBody> {
    if (this.done !== undefined) return this.decode(this.done)
    return this.all().then((messages) => this.decode(messages))
  }

  whole(): Promise<void> | undefined {
    return this.done === undefined ? this.all().then(() => undefined) : undefined
  }

  raw(): Source {
    return this.messages.raw()
  }

  source(): Source {
    return sourceOf(() => this.all())
  }

  drop(): void {
    this.messages.drop()
  }

  private decode(messages: readonly Uint8Array[]): DecodedBody {
    this.decoded ??= new MessageBody(messages, this.rpc, this.form.codec, this.rpc?.clientStreams === true)
    return this.decoded
  }

  private all(): Promise<readonly Uint8Array[]> {
    this.reading ??= new Promise((resolve, reject) => {
      const messages: Uint8Array[] = []
      let size = 0
      this.messages.read({
        message: (bytes) => {
          size += bytes.length
          if (size > this.limit)
            throw new SvcMockError(
              'MESSAGE_TOO_LARGE',
              `the call's messages are larger than limits.body (${this.limit} bytes) together`,
            )
          messages.push(bytes)
        },
        end: () => {
          this.done = messages
          resolve(messages)
        },
        fail: reject,
      })
    })
    return this.reading
  }
}

/** Of one message of a stream, which is there already. */
export class SingleMessage implements GrpcBody {
  readonly empty = false
  readonly begun = true
  readonly payload: Uint8Array
  private readonly decoded: DecodedBody
  private readonly stream: ClientMessages

  constructor(bytes: Uint8Array, rpc: RpcMethod | undefined, form: WireForm, stream: ClientMessages) {
    this.payload = bytes
    this.decoded = new MessageBody([bytes], rpc, form.codec, false)
    this.stream = stream
  }

  get forgotten(): boolean {
    return this.stream.forgotten
  }

  read(): DecodedBody {
    return this.decoded
  }

  whole(): undefined {
    return undefined
  }

  raw(): Source {
    return this.stream.raw()
  }

  source(): Source {
    return sourceOf(() => Promise.resolve([this.payload]))
  }

  drop(): void {
    // The stream goes on.
  }
}

/** Messages that are there already: of a client's whole stream. */
export class CollectedMessages extends SingleMessage {
  private readonly all: DecodedBody

  constructor(
    messages: readonly Uint8Array[],
    rpc: RpcMethod | undefined,
    form: WireForm,
    stream: ClientMessages,
  ) {
    super(concat(messages), rpc, form, stream)
    this.all = new MessageBody(messages, rpc, form.codec, true)
  }

  override read(): DecodedBody {
    return this.all
  }
}

/** One envelope for each message. */
const sourceOf = (read: () => Promise<readonly Uint8Array[]>): Source => {
  let over = false
  return {
    pipe: (sink) => {
      read().then(
        (messages) => {
          if (over) return
          for (const message of messages) sink.message(envelope(message))
          sink.end()
        },
        (error: Error) => {
          if (!over) sink.fail(error)
        },
      )
    },
    resume: () => undefined,
    cancel: () => {
      over = true
    },
  }
}

class MessageBody implements DecodedBody {
  readonly contentType = 'application/json'
  private readonly messages: readonly Uint8Array[]
  private readonly rpc: RpcMethod | undefined
  private readonly codec: 'proto' | 'json'
  private readonly list: boolean
  private document: Decoded<unknown> | undefined
  private written: Decoded<string> | undefined
  readonly problem = undefined

  constructor(
    messages: readonly Uint8Array[],
    rpc: RpcMethod | undefined,
    codec: 'proto' | 'json',
    list: boolean,
  ) {
    this.messages = messages
    this.rpc = rpc
    this.codec = codec
    this.list = list
  }

  /** The document as JSON: what a script is given. Without definitions the message's own bytes. */
  get bytes(): Uint8Array {
    const text = this.text()
    return text.ok ? new TextEncoder().encode(text.value) : concat(this.messages)
  }

  json(): Decoded<unknown> {
    this.document ??= this.decode()
    return this.document
  }

  text(): Decoded<string> {
    if (this.written === undefined) {
      const json = this.json()
      this.written = json.ok ? { ok: true, value: stringifyJson(json.value) } : json
    }
    return this.written
  }

  form(): Decoded<ReadonlyMap<string, readonly string[]>> {
    return { ok: false, problem: 'a message is no form' }
  }

  multipart(): ReturnType<DecodedBody['multipart']> {
    return { ok: false, problem: 'a message has no parts' }
  }

  private decode(): Decoded<unknown> {
    const { rpc, messages } = this
    if (rpc === undefined)
      return { ok: false, problem: 'no definition names the method, so its messages cannot be read' }
    if (!this.list && messages.length !== 1)
      return { ok: false, problem: `the call carries ${messages.length} messages and not one` }
    try {
      const documents = messages.map((bytes) =>
        rpc.input.document(
          this.codec === 'json' ? rpc.input.bytesOf(new TextDecoder().decode(bytes)) : bytes,
        ),
      )
      return { ok: true, value: this.list ? documents : documents[0] }
    } catch (error) {
      return { ok: false, problem: `the message is no ${rpc.input.name}: ${(error as Error).message}` }
    }
  }
}
