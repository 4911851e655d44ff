/** What stands before the types of a library: the same for all, so that the file needs nothing but itself. */

const text = `/** JSON as scripts see it and give it: integers beyond 2^53 are bigint. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [name: string]: Json | undefined }
/** A whole number, of any size. */
export type Integer = number | bigint
/** One value of a query, a cookie or a form, or several of the same name. */
export type Values = string | readonly string[]
/** Of names that nothing is known of. */
export interface AnyValues { readonly [name: string]: Values | undefined }
export interface AnyHeaders { readonly [name: string]: string | undefined }
export type AnyBody = Json | undefined

/** What scripts are given besides the request. */
export interface Tools<Real = Json> {
  /** The time as ISO text. */
  now(): string
  uuid(): string
  /** From 0 up to, but not including, 1. */
  random(): number
  /** faker, with the chance of \`random\`. */
  readonly faker: any
  readonly state: {
    get(key: string): Promise<any>
    set(key: string, value: Json): Promise<unknown>
    incr(key: string, by?: number): Promise<number>
    delete(key: string): Promise<unknown>
  }
  /** RFC 9535. */
  jsonpath(value: Json, query: string): any[]
  /** Hexadecimal. */
  hash(algorithm: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512', text: string): string
  readonly base64: { encode(text: string): string; decode(text: string): string }
  /** The real service's answer. */
  forward(): Promise<Real>
  sleep(ms: number): Promise<unknown>
  log(...values: readonly unknown[]): void
}

/** What every request has. */
export interface AnyRequest {
  readonly service: string
  /** What the call asks for, else what is configured, else the mock's own. */
  readonly version?: string
  readonly tenant: string
  readonly traceId?: string
  readonly spanId?: string
  /** In a mock with scenarioName. */
  readonly scenario?: { readonly name: string; readonly state: string }
}

/** A request of HTTP. */
export interface HttpRequest<
  Method extends string = string,
  Params = { readonly [name: string]: string },
  Query = AnyValues,
  Headers = AnyHeaders,
  Body = AnyBody,
> extends AnyRequest {
  readonly method: Method
  readonly path: string
  readonly params: Params
  readonly query: Query
  /** Lower-case names; several of one name are joined with a comma. */
  readonly headers: Headers
  readonly cookies: AnyValues
  readonly body: Body
}

interface HttpHeaders {
  readonly headers?: { readonly [name: string]: string | number | readonly (string | number)[] | undefined }
}
type HttpHead<Status> = HttpHeaders &
  (200 extends Status ? { readonly status?: Status } : { readonly status: Status })

/** An answer as mock files write it: its body as a value, as a file, or as base64. Without a status it is 200. */
export type HttpAnswer<Status extends number = number, Body = AnyBody> = HttpHead<Status> &
  (
    | (undefined extends Body ? { readonly body?: Body } : { readonly body: Body })
    | { readonly bodyFile: string; readonly template?: boolean }
    | { readonly bodyBase64: string }
  )

/** What a real service answered. */
export interface HttpReal<Status extends number = number, Body = any> {
  readonly status: Status
  readonly headers: AnyValues
  readonly body?: Body
  /** For bytes that are no text. */
  readonly bodyBase64?: string
}

/** A call of gRPC; \`message\`, or \`messages\` where the client streams. */
export interface GrpcRequest extends AnyRequest {
  /** acme.Inventory/Get */
  readonly operation: string
  readonly method: string
  readonly metadata: AnyValues
}

/** A name of google.rpc.Code, or its number. */
export type GrpcStatus =
  | 'OK' | 'CANCELLED' | 'UNKNOWN' | 'INVALID_ARGUMENT' | 'DEADLINE_EXCEEDED' | 'NOT_FOUND' | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED' | 'FAILED_PRECONDITION' | 'ABORTED' | 'OUT_OF_RANGE'
  | 'UNIMPLEMENTED' | 'INTERNAL' | 'UNAVAILABLE' | 'DATA_LOSS' | 'UNAUTHENTICATED' | number

export interface GrpcAnswer {
  readonly status?: GrpcStatus
  readonly statusMessage?: string
  readonly details?: readonly ({ readonly '@type': string } & { readonly [name: string]: Json })[]
  readonly metadata?: { readonly [name: string]: Values }
  readonly trailers?: { readonly [name: string]: Values }
}

/** A command of Redis. */
export interface RedisRequest extends AnyRequest {
  readonly command: string
  readonly key: string | null
  readonly keys: readonly string[]
  readonly args: readonly string[]
  readonly resp: 2 | 3
}

/** A record of Kafka. */
export interface KafkaRequest<Value = Json> extends AnyRequest {
  readonly topic: string
  readonly key: string | null
  readonly headers: { readonly [name: string]: Values | null | undefined }
  readonly partition: number
  readonly offset: number | null
  readonly timestamp: number
  readonly value: Value
}

/** A mock, as far as its file and the contract of its service tell. */
export interface Mock<Request, Answer, Real = any> {
  readonly request: Request
  readonly answer: Answer
  /** What the real service answers. */
  readonly real: Real
}

/** What can be called of a service. */
export interface Operation<Request, Answer, Real = any> extends Mock<Request, Answer, Real> {}

/** Every mock of the library. */
export type MockName = keyof Mocks
/** A mock, or an operation of a contract: \`orders: GET /orders/{id}\`. */
export type Name = keyof Mocks | keyof Operations
type Of<N extends Name> = N extends keyof Mocks ? Mocks[N] : N extends keyof Operations ? Operations[N] : never

export type RequestOf<N extends Name> = Of<N>['request']
export type AnswerOf<N extends Name> = Of<N>['answer']
type ScriptTools<N extends Name> = Tools<Of<N>['real']>

/** \`script:\` of a mock: \`export default ((request, tools) => …) satisfies Script<'orders: price is computed'>\`. */
export type Script<N extends Name> = (
  request: RequestOf<N>,
  tools: ScriptTools<N>,
) => AnswerOf<N> | Promise<AnswerOf<N>>
/** \`request: { script }\`: whether the mock takes the call. */
export type Matcher<N extends Name> = (request: RequestOf<N>, tools: ScriptTools<N>) => boolean | Promise<boolean>
/** \`upstream: { patch: { script } }\`: what becomes of a real answer. */
export type Patch<N extends Name> = (
  request: RequestOf<N>,
  response: Of<N>['real'],
  tools: ScriptTools<N>,
) => Partial<AnswerOf<N>> | Promise<Partial<AnswerOf<N>>>
`

export const preamble = text

/** Names that no other type of the file may have. */
export const preambleNames: readonly string[] = [
  ...[...text.matchAll(/^(?:export )?(?:type|interface) (\w+)/gm)].map((match) => match[1]!),
  'Mocks',
  'Operations',
  // Of the language, and used above.
  'Partial',
  'Promise',
]
