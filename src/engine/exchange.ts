/** What an engine is asked, and what it answers: an HTTP exchange as plain data, with no socket and no library's classes. */

export type HeaderList = readonly (readonly [name: string, value: string])[]

export interface EngineRequest {
  readonly method: string
  /** Absolute: `http://orders.test.example.com/orders/42?page=1`. A fragment is left out. */
  readonly url: string
  /** In their order, one entry for each line. `host` and `content-length` are added where they are missing. */
  readonly headers: HeaderList
  /** As it would be sent, codings included; absent: none. */
  readonly body?: Uint8Array | undefined
}

export interface AnswerOptions {
  /** Whose call it is, unless it says so itself; default the workspace's own tenant. */
  readonly tenant?: string | undefined
  /** Aborted: nobody wants the answer any more. `answer` rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Where an answer comes from, for whoever shows calls. */
export interface Told {
  /** The service's name, or `host:port` of a host that no service names. */
  readonly service: string
  /** Whether svc-mock.yaml names it. */
  readonly known: boolean
  /** `GET /orders/42`: without a query. */
  readonly operation: string
  /** Of the mock that answered, or changed what the real service did. `where`: `file:line`. */
  readonly mock: { readonly name: string; readonly where: string } | undefined
  /** What else there is to say: the fault that hit, why it passes. */
  readonly note: string | undefined
}

/** An error of svc-mock as clients get it: `application/problem+json` (RFC 9457). */
export interface EngineProblem {
  readonly code: string
  readonly title: string
  readonly status: number
  readonly hint?: string
  /** Whatever the error tells: `nearest`, `smallestMock` and `operation` of a call that no mock took. */
  readonly [detail: string]: unknown
}

export interface EngineReply {
  readonly status: number
  /** undefined: the usual one. */
  readonly statusText: string | undefined
  /** One entry for each line. */
  readonly headers: HeaderList
  /** Whole, or as it comes (slowed down, or from the real service); undefined: there is none. A stream that breaks off fails. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined
  /** Only beside a whole body. */
  readonly trailers: HeaderList
}

/** A broken wire. */
export interface EngineFault {
  /** `reset`, and `close` without a byte; `stall`: nothing ever comes; `malformed`: bytes that are no reply. */
  readonly fault: 'reset' | 'close' | 'stall' | 'malformed'
}

export type EngineAnswer =
  | ({ readonly kind: 'reply'; readonly told: Told } & EngineReply)
  | ({ readonly kind: 'fault'; readonly told: Told } & EngineFault)
  /** The call goes to the real service; whoever asks sends it, with `headers` in place of its own. */
  | { readonly kind: 'bypass'; readonly told: Told; readonly headers: HeaderList }
  /** Nothing may answer: no mock matches, or the host is unknown and refused. `reply`: what the proxy answers then. */
  | {
      readonly kind: 'miss'
      readonly told: Told
      readonly problem: EngineProblem
      readonly reply: EngineReply
    }
