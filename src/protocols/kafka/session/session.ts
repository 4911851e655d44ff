/**
 * One client connection and its one connection to a broker. Requests go on as they come and responses come back in their order,
 * which is Kafka's own rule; what nobody treats is never decoded.
 */
import type { Duplex } from 'node:stream'
import {
  type Api,
  apiOf,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Message,
} from '../messages/index.ts'
import { Frames } from '../wire/frames.ts'
import {
  type RequestHead,
  readRequestHead,
  readResponseHead,
  writeRequest,
  writeResponse,
} from '../wire/header.ts'
import { Reader } from '../wire/reader.ts'
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

export class Session {
  private readonly facts: SessionFacts
  private readonly requests = new Frames(largestRequest)
  private readonly responses = new Frames(largestResponse)
  /** Whole frames that came while an earlier one was worked on. */
  private readonly arrived: Buffer[] = []
  private readonly returned: Buffer[] = []
  private readonly pending: Pending[] = []
  private sending = false
  private answering = false
  /** The client sends no more, and reads what is still to come. */
  private clientDone = false
  private ended = false
  private mechanism: string | undefined
  credentials: Credentials | undefined
  readonly depth: number

  constructor(facts: SessionFacts) {
    this.facts = facts
    this.depth = facts.depth ?? 0
    this.join()
  }

  private join(): void {
    const { client, upstream } = this.facts
    client.on(
      'data',
      (chunk: Buffer) => this.take(this.requests, this.arrived, chunk, 'the client') && void this.send(),
    )
    upstream.on(
      'data',
      (chunk: Buffer) => this.take(this.responses, this.returned, chunk, 'the broker') && void this.answer(),
    )
    client.on('drain', () => {
      if (!this.answering) upstream.resume()
    })
    upstream.on('drain', () => {
      if (!this.sending) client.resume()
    })
    client.on('end', () => {
      this.clientDone = true
      if (!this.sending) upstream.end()
    })
    upstream.on('end', () => this.end())
    client.on('error', () => client.destroy())
    upstream.on('error', () => upstream.destroy())
    client.on('close', () => this.end())
    upstream.on('close', () => this.end())
  }

  /** No half of a connection is of use without the other. What the client was sent still arrives. */
  private end(): void {
    if (this.ended) return
    this.ended = true
    const { client, upstream } = this.facts
    upstream.destroy()
    client.end(() => client.destroy())
  }

  private take(frames: Frames, into: Buffer[], chunk: Buffer, whose: string): boolean {
    if (this.ended) return false
    try {
      into.push(...frames.push(chunk))
      return true
    } catch (error) {
      this.refuse(`${whose} does not speak Kafka: ${(error as Error).message}${guess(chunk)}`)
      return false
    }
  }

  /** What can't be read or mustn't pass ends the connection, which is all that brokers do, too. */
  private refuse(why: string): void {
    this.facts.notice(why.replace(/\d+/g, '#'), why)
    this.end()
  }

  private async send(): Promise<void> {
    if (this.sending) return
    this.sending = true
    const { client, upstream } = this.facts
    try {
      for (
        let frame = this.arrived.shift();
        frame !== undefined && !this.ended;
        frame = this.arrived.shift()
      ) {
        const sent = this.request(frame)
        if (sent instanceof Promise) {
          client.pause()
          await sent
        }
      }
    } catch (error) {
      this.refuse((error as Error).message)
    }
    this.sending = false
    if (this.ended) return
    if (this.clientDone) upstream.end()
    if (upstream.writableNeedDrain) client.pause()
    else client.resume()
  }

  private request(frame: Buffer): Promise<void> | void {
    const head = readRequestHead(frame)
    const api = apiOf(head.apiKey)
    const { versions } = this.facts
    if (api === undefined)
      throw new Error(`a client used the API ${head.apiKey}, which svc-mock does not know`)
    if (!versions.has(api, head.apiVersion)) return this.unsupported(api, head)
    if (api.key === key.saslHandshake || api.key === key.saslAuthenticate) this.remember(api, head, frame)
    const treatments = this.facts.treatments.get(api.key) ?? none
    const exchange = this.exchange(api, head, treatments)
    const wanted = treatments.filter(
      (one) => one.request !== undefined && wants(one, 'request', head.apiVersion),
    )
    if (wanted.length > 0) return this.changed(head, frame, exchange, wanted)
    if (api.key !== key.produce || acks(frame, head) !== 0) this.pending.push(exchange)
    this.pass(frame)
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
    this.facts.upstream.write(writeRequest(head, encodeRequest(api, version, message)))
  }

  /** A request as it stands. */
  private pass(frame: Buffer): void {
    const size = Buffer.allocUnsafe(4)
    size.writeInt32BE(frame.length)
    const { upstream } = this.facts
    upstream.cork()
    upstream.write(size)
    upstream.write(frame)
    upstream.uncork()
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
    if (!this.answering) this.release()
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

  private async answer(): Promise<void> {
    if (this.answering) return
    this.answering = true
    const { client, upstream } = this.facts
    try {
      for (
        let frame = this.returned.shift();
        frame !== undefined && !this.ended;
        frame = this.returned.shift()
      ) {
        const answered = this.response(frame)
        if (answered instanceof Promise) {
          upstream.pause()
          await answered
        }
        this.release()
      }
    } catch (error) {
      this.refuse((error as Error).message)
    }
    this.answering = false
    if (this.ended) return
    if (client.writableNeedDrain) upstream.pause()
    else upstream.resume()
  }

  /** Our own responses whose turn it is. */
  private release(): void {
    while (this.pending[0]?.answer !== undefined) this.facts.client.write(this.pending.shift()!.answer)
  }

  private response(frame: Buffer): Promise<void> | void {
    const pending = this.pending.shift()
    const id = frame.length < 4 ? undefined : frame.readInt32BE(0)
    if (pending === undefined || pending.correlationId !== id)
      throw new Error('the broker answered what nobody had asked')
    if (pending.treatments.length > 0) return this.treated(frame, pending)
    const { client } = this.facts
    const size = Buffer.allocUnsafe(4)
    size.writeInt32BE(frame.length)
    client.cork()
    client.write(size)
    client.write(frame)
    client.uncork()
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
    this.facts.client.write(writeResponse(api, version, correlationId, encodeResponse(api, version, message)))
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
