/** A connection of our own to one broker, for questions that no client asked: one at a time, each in the newest version that both know. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { KafkaSettings } from '../../../core/service-entry.ts'
import {
  apiOf,
  bytesOf,
  decodeResponse,
  encodeRequest,
  int,
  list,
  type Message,
  textOrNull,
} from '../messages/index.ts'
import * as key from '../session/keys.ts'
import type { Credentials } from '../session/treatment.ts'
import { Frames } from '../wire/frames.ts'
import { readResponseHead, writeRequest } from '../wire/header.ts'
import { plain, scram } from './sasl.ts'

const clientId = 'svc-mock'
/** Clients give up after thirty seconds, usually. */
const patienceMs = 10_000
const largest = 100 * 1024 * 1024

export class Asker {
  private readonly socket: Duplex
  private readonly frames = new Frames(largest)
  private readonly arrived: Buffer[] = []
  private readonly versions = new Map<number, number>()
  private correlationId = 0
  /** Settles when the question before is answered. */
  private turn: Promise<unknown> = Promise.resolve()
  private broken: Error | undefined
  private wake = Promise.withResolvers<void>()

  constructor(socket: Duplex) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      try {
        this.arrived.push(...this.frames.push(chunk))
      } catch (error) {
        this.broken = error as Error
      }
      this.stir()
    })
    socket.on('error', (error) => {
      this.broken ??= error
    })
    socket.once('close', () => {
      this.broken ??= new Error('the broker closed a connection of ours')
      this.stir()
    })
    socket.once('end', () => socket.destroy())
  }

  /** Learns versions and authenticates: as configured, else as the client did. */
  async open(sasl: KafkaSettings['sasl'], credentials: Credentials | undefined): Promise<void> {
    for (const one of list(await this.exchange(key.apiVersions, 0, {}), 'apiKeys'))
      this.versions.set(int(one, 'apiKey'), int(one, 'maxVersion'))
    if (sasl === undefined && credentials === undefined) return
    const known = sasl?.mechanism === 'PLAIN' ? plain(sasl) : credentials
    const mechanism = sasl?.mechanism ?? known!.mechanism
    refused(await this.exchange(key.saslHandshake, 1, { mechanism }), `${mechanism} is not offered`)
    const say = async (authBytes: Uint8Array): Promise<Uint8Array> => {
      const answer = await this.exchange(key.saslAuthenticate, 0, { authBytes })
      refused(answer, textOrNull(answer, 'errorMessage') ?? 'the credentials are refused')
      return bytesOf(answer, 'authBytes')
    }
    if (sasl === undefined || sasl.mechanism === 'PLAIN') await say(known!.bytes)
    else await scram(sasl, say)
  }

  /** Rejects when the connection ends or the broker doesn't know the API. */
  ask(apiKey: number, message: Message, mostVersion = Number.POSITIVE_INFINITY): Promise<Message> {
    const offered = this.versions.get(apiKey)
    const api = apiOf(apiKey)!
    if (offered === undefined) return Promise.reject(new Error(`the broker does not know ${api.name}`))
    const version = Math.min(offered, api.max, mostVersion)
    const answer = this.turn.then(() => this.exchange(apiKey, version, message))
    this.turn = answer.catch(() => undefined)
    return answer
  }

  close(): void {
    this.socket.destroy()
  }

  private async exchange(apiKey: number, apiVersion: number, message: Message): Promise<Message> {
    const api = apiOf(apiKey)!
    const correlationId = ++this.correlationId
    const body = encodeRequest(api, apiVersion, message)
    if (!this.socket.write(writeRequest({ apiKey, apiVersion, correlationId, clientId }, body)))
      await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.wake.promise])
    const timer = setTimeout(() => this.socket.destroy(), patienceMs)
    try {
      while (this.arrived.length === 0) {
        if (this.broken !== undefined) throw this.broken
        await this.wake.promise
      }
    } finally {
      clearTimeout(timer)
    }
    const frame = this.arrived.shift()!
    const head = readResponseHead(api, apiVersion, frame)
    if (head.correlationId !== correlationId) throw new Error('the broker answered what nobody had asked')
    return decodeResponse(api, apiVersion, frame.subarray(head.end))
  }

  private stir(): void {
    this.wake.resolve()
    this.wake = Promise.withResolvers()
  }
}

const refused = (answer: Message, why: string): void => {
  if (int(answer, 'errorCode') !== 0)
    throw new Error(`a connection of our own could not authenticate: ${why}`)
}
