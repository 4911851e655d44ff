/** One client's connection: requests are answered one after the other, as Kafka does, so that responses are in order. */
import type { Duplex } from 'node:stream'
import { apiOf, decodeRequest, encodeResponse, type Message } from '../messages/index.ts'
import { Frames } from '../wire/frames.ts'
import { type RequestHead, readRequestHead, writeResponse } from '../wire/header.ts'
import { MalformedFrame, MalformedMessage } from '../wire/malformed.ts'
import { apiVersions, apiVersionsKey, unsupportedApiVersions } from './api/api-versions.ts'
import type { Answer, RequestContext } from './api/handler.ts'
import { servedApis } from './api/index.ts'
import type { BrokerState } from './broker-state.ts'

/** Kafka's socket.request.max.bytes. */
const largestRequest = 100 * 1024 * 1024

/** Requests that may wait for their turn before the client's bytes do. */
const mostWaiting = 64

export interface ConnectionOptions {
  readonly socket: Duplex
  readonly broker: BrokerState
  /** As DescribeGroups shows it: `/127.0.0.1`. */
  readonly clientHost: string
  /** Told once, when the connection ends for something that the client sent, or for a mistake of ours. */
  readonly failed: (what: string) => void
}

export class Connection {
  private readonly options: ConnectionOptions
  private readonly frames = new Frames(largestRequest)
  private readonly gone = new AbortController()
  private waiting: Buffer[] = []
  private working = false

  constructor(options: ConnectionOptions) {
    this.options = options
    const { socket } = options
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('error', () => socket.destroy())
    socket.once('end', () => socket.destroy())
    socket.once('close', () => this.gone.abort())
  }

  private take(chunk: Buffer): void {
    const { socket } = this.options
    if (this.gone.signal.aborted) return
    try {
      for (const frame of this.frames.push(chunk)) this.waiting.push(frame)
    } catch (error) {
      this.fail(error)
      return
    }
    if (this.waiting.length > mostWaiting) socket.pause()
    if (!this.working) void this.work()
  }

  private async work(): Promise<void> {
    const { socket } = this.options
    this.working = true
    try {
      while (this.waiting.length > 0) {
        const turn = this.waiting
        this.waiting = []
        for (const frame of turn) {
          const answering = this.answer(frame)
          const response = answering instanceof Promise ? await answering : answering
          if (this.gone.signal.aborted) return
          if (response === 'nothing') continue
          if (response === 'close') {
            socket.destroy()
            return
          }
          if (!socket.write(response)) await this.drained()
        }
        socket.resume()
      }
    } catch (error) {
      this.fail(error)
    } finally {
      this.working = false
    }
  }

  private drained(): Promise<void> {
    const { socket } = this.options
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done)
        this.gone.signal.removeEventListener('abort', done)
        resolve()
      }
      socket.on('drain', done)
      this.gone.signal.addEventListener('abort', done)
    })
  }

  private answer(frame: Buffer): Buffer | 'nothing' | 'close' | Promise<Buffer | 'nothing' | 'close'> {
    const head = readRequestHead(frame)
    const { apiKey, apiVersion } = head
    const body = frame.subarray(head.end)
    if (apiKey === apiVersionsKey) return this.versions(head, body)
    const served = servedApis.get(apiKey)
    const api = apiOf(apiKey)
    if (served === undefined || api === undefined || apiVersion < served.min || apiVersion > served.max) {
      const what = api === undefined ? `API ${apiKey}` : `${api.name} (API ${apiKey})`
      throw new MalformedMessage(`${what} version ${apiVersion} is not served; ApiVersions says what is`)
    }
    const request = decodeRequest(api, apiVersion, body)
    const encode = (answer: Answer): Buffer | 'nothing' | 'close' =>
      typeof answer === 'string'
        ? answer
        : writeResponse(api, apiVersion, head.correlationId, encodeResponse(api, apiVersion, answer))
    const answer = served.handler.handle(request, this.context(head))
    return answer instanceof Promise ? answer.then(encode) : encode(answer)
  }

  private versions({ apiVersion, correlationId }: RequestHead, body: Uint8Array): Buffer {
    const api = apiOf(apiVersionsKey)!
    const known = apiVersion >= api.min && apiVersion <= api.max
    if (known) decodeRequest(api, apiVersion, body)
    const answer: Message = known ? apiVersions(api) : unsupportedApiVersions(api)
    const version = known ? apiVersion : 0
    return writeResponse(api, version, correlationId, encodeResponse(api, version, answer))
  }

  private context({ apiVersion, clientId }: RequestHead): RequestContext {
    const { broker, clientHost } = this.options
    return { broker, version: apiVersion, clientId: clientId ?? '', clientHost, signal: this.gone.signal }
  }

  private fail(error: unknown): void {
    const { socket, failed } = this.options
    if (socket.destroyed) return
    socket.destroy()
    this.gone.abort()
    const foreign = error instanceof MalformedFrame || error instanceof MalformedMessage
    failed(foreign ? error.message : `broke on a request: ${(error as Error).stack ?? String(error)}`)
  }
}
