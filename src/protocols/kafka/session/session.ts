/**
 * One client connection and its one connection to a broker. Requests go on as they come and responses come back in their order,
 * which is Kafka's own rule; what nobody treats is never decoded.
 */
import type { Duplex } from 'node:stream'
import type { StreamedMemory } from '../../../core/streamed-memory.ts'
import {
  type Api,
  apiOf,
  decodeRequest,
  decodeResponse,
  encodeResponse,
  type Message,
  requestParts,
  responseParts,
} from '../messages/index.ts'
import {
  type RequestHead,
  readRequestHead,
  readResponseHead,
  requestOf,
  responseOf,
  writeResponse,
} from '../wire/header.ts'
import { MalformedFrame } from '../wire/malformed.ts'
import { Reader } from '../wire/reader.ts'
import { Flow } from './flow.ts'
import * as key from './keys.ts'
import type { Credentials, Exchange, Treatment, Treatments } from './treatment.ts'
import { unsupportedVersion, type Versions } from './versions.ts'

/** As brokers have it (socket.request.max.bytes). */
const largestRequest = 100 * 1024 * 1024
/** Fetch asks for 50 MB usually; one batch may be larger than what was asked for. */
const largestResponse = 1024 * 1024 * 1024

export interface SessionFacts {
  readonly client: Duplex
  readonly upstream: Duplex
  readonly versions: Versions
  readonly treatments: Treatments
  readonly memory: StreamedMemory
  /** See ConnectionFacts; default 0. */
  readonly depth?: number
  /** Says something about the connection, once for each `kind`. */
  notice(kind: string, text: string): void
}

/** What a response is waited for. */
interface Pending extends Exchange {
  readonly correlationId: number
  readonly treatments: readonly Treatment[]
  /** A response of ours, which waits until it is its turn. */
  readonly answer?: Buffer
}

const none: readonly Treatment[] = []

/** A request whose head is read. */
interface Upcoming {
  readonly head: RequestHead
  /** undefined: nobody knows it. */
  readonly api: Api | undefined
  /** What changes it. */
  readonly wanted: readonly Treatment[]
}

export class Session {
  private readonly facts: SessionFacts
  private readonly requests: Flow
  private readonly responses: Flow
  private readonly pending: Pending[] = []
  private upcoming: Upcoming | undefined
  private ended = false
  private mechanism: string | undefined
  credentials: Credentials | undefined
  readonly depth: number

  constructor(facts: SessionFacts) {
    this.facts = facts
    this.depth = facts.depth ?? 0
    const { client, upstream, memory } = facts
    this.requests = new Flow({
      from: client,
      to: upstream,
      largest: largestRequest,
      memory,
      passes: (beginning, whole) => this.requestPasses(beginning, whole),
      message: (frame) => this.request(frame),
      // It reads what is still to come.
      ended: () => upstream.end(),
      failed: (error, chunk) => this.failed(error, 'the client', chunk),
    })
    this.responses = new Flow({
      from: upstream,
      to: client,
      largest: largestResponse,
      memory,
      passes: (beginning) => this.responsePasses(beginning),
      message: (frame) => this.treated(frame, this.pending.shift()!),
      done: () => this.release(),
      ended: () => this.end(),
      failed: (error, chunk) => this.failed(error, 'the broker', chunk),
    })
    client.on('error', () => client.destroy())
    upstream.on('error', () => upstream.destroy())
    client.on('close', () => this.end())
    upstream.on('close', () => this.end())
  }

  /** No half of a connection is of use without the other. What the client was sent still arrives. */
  private end(): void {
    if (this.ended) return
    this.ended = true
    this.requests.stop()
    this.responses.stop()
    const { client, upstream } = this.facts
    upstream.destroy()
    client.end(() => client.destroy())
  }

  /** What can't be read or mustn't pass ends the connection, which is all that brokers do, too. */
  private failed(error: Error, whose: string, chunk: Buffer): void {
    if (this.ended) return
    const foreign = error instanceof MalformedFrame
    const why = foreign ? `${whose} does not speak Kafka: ${error.message}${guess(chunk)}` : error.message
    this.facts.notice(why.replace(/\d+/g, '#'), why)
    this.end()
  }

  private requestPasses(beginning: Buffer, whole: boolean): boolean {
    try {
      return this.lookAt(beginning)
    } catch (error) {
      if (whole) throw error
      // Its head is longer than heads are.
      return false
    }
  }

  private lookAt(frame: Buffer): boolean {
    const head = readRequestHead(frame)
    const api = apiOf(head.apiKey)
    const treatments = this.facts.treatments.get(head.apiKey) ?? none
    const wanted = treatments.filter(
      (one) => one.request !== undefined && wants(one, 'request', head.apiVersion),
    )
    this.upcoming = { head, api, wanted }
    if (api === undefined || wanted.length > 0 || !this.facts.versions.has(api, head.apiVersion)) return false
    if (api.key === key.saslHandshake || api.key === key.saslAuthenticate) return false
    if (api.key !== key.produce || acks(frame, head) !== 0)
      this.pending.push(this.exchange(api, head, treatments))
    return true
  }

  /** One that doesn't pass as its bytes come. */
  private request(frame: Buffer): Promise<void> | void {
    const { head, api, wanted } = this.upcoming!
    if (api === undefined)
      throw new Error(`a client used the API ${head.apiKey}, which svc-mock does not know`)
    if (!this.facts.versions.has(api, head.apiVersion)) return this.unsupported(api, head)
    const exchange = this.exchange(api, head, this.facts.treatments.get(api.key) ?? none)
    if (api.key === key.saslHandshake || api.key === key.saslAuthenticate) this.remember(api, head, frame)
    if (wanted.length > 0) return this.changed(head, frame, exchange, wanted)
    this.pending.push(exchange)
    this.requests.writeWhole()
  }

  private exchange(api: Api, head: RequestHead, treatments: readonly Treatment[]): Pending {
    return {
      api,
      version: head.apiVersion,
      clientId: head.clientId,
      correlationId: head.correlationId,
      connection: this,
      treatments: treatments.filter(
        (one) => one.response !== undefined && wants(one, 'response', head.apiVersion),
      ),
    }
  }

  private async changed(
    head: RequestHead,
    frame: Buffer,
    exchange: Pending,
    treatments: readonly Treatment[],
  ): Promise<void> {
    const { api, version } = exchange
    const message = decodeRequest(api, version, frame.subarray(head.end))
    for (const treatment of treatments) {
      const made = treatment.request!(message, exchange)
      const answer = made instanceof Promise ? await made : made
      if (this.ended) return
      if (answer === undefined) continue
      this.answerOurselves(exchange, version, answer)
      return
    }
    if (api.key !== key.produce || message['acks'] !== 0) this.pending.push(exchange)
    const body = requestParts(api, version, message)
    this.requests.write(requestOf(head, body))
  }

  private unsupported(api: Api, head: RequestHead): void {
    const exchange = this.exchange(api, head, none)
    if (api.key === key.apiVersions) {
      this.answerOurselves(exchange, 0, this.facts.versions.tooNew())
      return
    }
    const what = `${api.name} of version ${head.apiVersion}`
    const known = this.facts.versions.shown(api)
    if (api.key === key.saslHandshake) {
      this.facts.notice(
        'handshake',
        `a client sent ${what}; svc-mock needs version 1, whose tokens are framed`,
      )
      this.answerOurselves(exchange, 0, { errorCode: unsupportedVersion, mechanisms: [] })
      return
    }
    throw new Error(`a client sent ${what}; svc-mock passes on ${known}, as its ApiVersions say`)
  }

  private answerOurselves(exchange: Pending, version: number, message: Message): void {
    const body = encodeResponse(exchange.api, version, message)
    this.pending.push({
      ...exchange,
      answer: writeResponse(exchange.api, version, exchange.correlationId, body),
    })
    if (this.responses.between) this.release()
  }

  /** Who authenticates by a single message can be asked for again, on connections of our own. */
  private remember(api: Api, head: RequestHead, frame: Buffer): void {
    const message = decodeRequest(api, head.apiVersion, frame.subarray(head.end))
    if (api.key === key.saslHandshake) {
      this.mechanism = message['mechanism'] as string
      this.credentials = undefined
    } else if (this.mechanism === 'PLAIN' || this.mechanism === 'OAUTHBEARER') {
      this.credentials = { mechanism: this.mechanism, bytes: Buffer.from(message['authBytes'] as Uint8Array) }
    }
  }

  /** Our own responses whose turn it is. */
  private release(): void {
    while (this.pending[0]?.answer !== undefined) this.responses.write([this.pending.shift()!.answer!])
  }

  private responsePasses(beginning: Buffer): boolean {
    const [pending] = this.pending
    const id = beginning.length < 4 ? undefined : beginning.readInt32BE(0)
    if (pending === undefined || pending.correlationId !== id)
      throw new Error('the broker answered what nobody had asked')
    if (pending.treatments.length > 0) return false
    this.pending.shift()
    return true
  }

  private async treated(frame: Buffer, pending: Pending): Promise<void> {
    const { api, correlationId } = pending
    const { end } = readResponseHead(api, pending.version, frame)
    // A broker that doesn't know the version says so in version 0 (KIP-511).
    const tooNew = api.key === key.apiVersions && frame.readInt16BE(end) === unsupportedVersion
    const version = tooNew ? 0 : pending.version
    const message = decodeResponse(api, version, frame.subarray(end))
    for (const treatment of pending.treatments) {
      const done = treatment.response!(message, pending)
      if (done instanceof Promise) await done
    }
    if (this.ended) return
    const body = responseParts(api, version, message)
    this.responses.write(responseOf(api, version, correlationId, body))
  }
}

const wants = (treatment: Treatment, direction: 'request' | 'response', version: number): boolean =>
  treatment.wants === undefined || treatment.wants(direction, version)

/** Nothing answers a Produce request with acks 0. */
const acks = (frame: Buffer, head: RequestHead): number => {
  const reader = new Reader(frame, head.end, 'Produce request')
  if (head.apiVersion >= 3) reader.string(head.apiVersion >= 9)
  return reader.int16()
}

/** What somebody speaks who doesn't speak Kafka. */
const guess = (chunk: Buffer): string => {
  if (chunk[0] === 0x16 && chunk[1] === 3) return '; it speaks TLS, and this port speaks plain Kafka'
  return /^[A-Z]{3,7} |^HTTP\//.test(chunk.toString('latin1', 0, 8)) ? '; it speaks HTTP' : ''
}
