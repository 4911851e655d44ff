/** Asks real services for what fixtures have recorded, and hands over exchanges as recording sees them. */
import type { Config } from '../../config/config.ts'
import { bytesOf, type Exchange, joined } from '../../core/exchange.ts'
import { SpecError } from '../../core/matcher.ts'
import { holdsFake } from '../../desensitize/holds-fake.ts'
import type { Ledger } from '../../desensitize/ledger.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import { envelope } from '../../protocols/grpc/codec/envelope.ts'
import { grpcDefinitions } from '../../protocols/grpc/schema.ts'
import type { RawRecord } from '../../record/records.ts'
import { type AskOptions, Provider, type ProviderRequest } from '../contract/ask-provider.ts'
import { RpcProvider } from '../contract/ask-rpc.ts'
import { requestOf } from '../contract/provider-request.ts'
import { changesSomething as isChanging, isIdempotent } from '../contract/rpc-side-effects.ts'
import type { ServiceDefinitions } from '../definitions.ts'
import type { MockLibrary } from '../mock-library.ts'
import { ExchangeReading } from './exchange-reading.ts'
import { edited, masked, type RequestSources, recordedRequest, recordedRpc } from './recorded-request.ts'
import type { Recording } from './recordings.ts'

export interface AskerOptions {
  readonly config: Config
  readonly options: {
    readonly headers: readonly (readonly [string, string])[]
    readonly values: ReadonlyMap<string, string>
    readonly unsafe: boolean
    readonly concurrency: number
    readonly timeoutMs: number
    readonly retries: number
  }
  /** Where each service is. */
  readonly homes: ReadonlyMap<string, URL>
  readonly library: MockLibrary
  readonly definitions: ServiceDefinitions
  readonly ledger: Ledger
}

export interface Asked {
  /** Real, and in memory only. */
  readonly record: RawRecord
  readonly durationMs: number
}

export interface NotAsked {
  /** Why, in words without any value. */
  readonly cannot: string
  readonly hint?: string
}

/** What was said on both sides. */
export type AskedExchange = Pick<Exchange, 'operation' | 'request' | 'reply'>

/** RFC 9110 section 9.2.1. */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

export class Asker {
  readonly #from: AskerOptions
  readonly #providers = new Map<string, Provider>()
  readonly #rpcs = new Map<string, RpcProvider>()
  readonly #mocks: ReadonlyMap<string, CompiledMock>

  constructor(from: AskerOptions) {
    this.#from = from
    this.#mocks = new Map(from.library.mocks().map((mock) => [placeOf(mock.at), mock]))
  }

  /** Rejects with NoReply. */
  async ask(recording: Recording): Promise<Asked | NotAsked> {
    const { file, definition } = recording
    const { contract } = definition
    if (contract !== false && contract?.state !== undefined)
      return { cannot: 'it needs a state, which nothing brings about', hint: 'verify --provider does' }
    const startedAt = performance.now()
    const at = Date.now()
    const asked = await (file.protocol === 'grpc' ? this.#rpc(recording) : this.#http(recording))
    if ('cannot' in asked) return asked
    const { maxBytes } = this.#from.config.record
    if (bytesOf(asked.request).length + bytesOf(asked.reply).length > maxBytes)
      return { cannot: `its answer is larger than ${maxBytes} bytes`, hint: 'raise record.maxBytes' }
    return {
      durationMs: performance.now() - startedAt,
      record: {
        at,
        case: file.case,
        definitions: this.#from.definitions.of(file.service),
        exchange: {
          protocol: file.protocol,
          service: file.service,
          ...(file.version !== undefined && { version: file.version }),
          ...asked,
        },
      },
    }
  }

  async #http(recording: Recording): Promise<AskedExchange | NotAsked> {
    const made = await this.#request(recording)
    if ('cannot' in made) return made
    const { request } = made
    if (!safe.has(request.method) && !this.#from.options.unsafe) return changesSomething
    const reply = await this.#provider(recording.file.service).ask(request)
    return {
      operation: `${request.method} ${request.target.split('?')[0]}`,
      request: { target: request.target, headers: request.headers.flat(), bodies: bodies(request.body) },
      reply: {
        status: reply.status,
        // The body has been decoded, beside the header that says it is encoded.
        headers: without(reply.headers, 'content-encoding'),
        bodies: bodies(reply.body),
      },
    }
  }

  async #rpc({ file, request }: Recording): Promise<AskedExchange | NotAsked> {
    const { options, definitions } = this.#from
    const rpc = grpcDefinitions(definitions.of(file.service))?.methods.get(String(request['method']))
    if (rpc === undefined) return { cannot: 'nothing defines its messages' }
    if (isChanging(rpc) && !options.unsafe) return changesSomething
    const made = recordedRpc(request, rpc.clientStreams && rpc.serverStreams, this.#sources())
    if ('cannot' in made) return hinted(made)
    let messages: readonly Uint8Array[]
    try {
      messages = made.rpc.messages.map((message) => rpc.input.encode(message))
    } catch (error) {
      if (error instanceof SpecError) return { cannot: edited }
      throw error
    }
    const { metadata } = made.rpc
    const asking = { rpc, metadata, messages, repeatable: isIdempotent(rpc) }
    const bytes = joined(messages.map((message) => envelope(message)))
    return {
      operation: rpc.operation,
      request: {
        target: `/${rpc.operation}`,
        headers: ['content-type', 'application/grpc', ...metadata.flat()],
        bodies: [{ kind: 'bytes', bytes }],
      },
      reply: await this.#rpcProvider(file.service).read(
        asking,
        (resolve, reject) => new ExchangeReading(resolve, reject),
      ),
    }
  }

  #sources(): RequestSources {
    const { values, headers } = this.#from.options
    const { ledger } = this.#from
    return { values, headers, now: Date.now(), holdsFake: (text) => holdsFake(text, ledger) }
  }

  close(): void {
    for (const provider of this.#providers.values()) provider.close()
    for (const provider of this.#rpcs.values()) provider.close()
  }

  async #request({
    request,
    definition,
  }: Recording): Promise<{ readonly request: ProviderRequest } | NotAsked> {
    const { config, options, library } = this.#from
    const { values, headers } = options
    const example = definition.contract === false ? undefined : definition.contract?.example
    if (example === undefined) {
      const asking = recordedRequest(request, this.#sources())
      if ('request' in asking) return asking
      if (asking.cannot !== edited) return hinted(asking)
    }
    // A person has said what it asks for.
    const mock = this.#mocks.get(placeOf(definition.at))
    if (mock === undefined) return { cannot: edited }
    const made = await requestOf(mock, definition, { config, index: library.index, values, headers })
    return 'request' in made
      ? made
      : { cannot: made.notVerifiable, hint: 'say one under contract: { example: … }' }
  }

  #provider(service: string): Provider {
    const known = this.#providers.get(service)
    if (known !== undefined) return known
    const provider = new Provider(...this.#whereAndHow(service))
    this.#providers.set(service, provider)
    return provider
  }

  #rpcProvider(service: string): RpcProvider {
    const known = this.#rpcs.get(service)
    if (known !== undefined) return known
    const provider = new RpcProvider(...this.#whereAndHow(service))
    this.#rpcs.set(service, provider)
    return provider
  }

  #whereAndHow(service: string): readonly [URL, AskOptions] {
    const { config, homes, options } = this.#from
    const { timeoutMs, retries, concurrency } = options
    const tls = config.services.find(({ name }) => name === service)?.tls.upstream
    return [homes.get(service)!, { timeoutMs, retries, connections: concurrency, tls }]
  }
}

const changesSomething: NotAsked = {
  cannot: 'it changes something',
  hint: 'ask with --unsafe where that does not matter',
}

const hinted = ({ cannot }: NotAsked): NotAsked =>
  cannot === masked ? { cannot, hint: 'give real values with --values <file>' } : { cannot }

const placeOf = ({
  file,
  line,
  column,
}: {
  readonly file: string
  readonly line: number
  readonly column: number
}) => `${file}:${line}:${column}`

const bodies = (body: Uint8Array | undefined): RawRecord['exchange']['reply']['bodies'] =>
  body === undefined || body.length === 0 ? [] : [{ kind: 'bytes', bytes: body }]

const without = (headers: readonly string[], name: string): readonly string[] =>
  headers.filter((_, i) => headers[i - (i % 2)]!.toLowerCase() !== name)
