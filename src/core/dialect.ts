/**
 * Dialect: what `request:` and `response:` of a mock file mean for one protocol. A protocol folder exports
 * one; `mock/` compiles files with it and never learns which protocols exist.
 */
import type { ZodType } from 'zod'
import type { DecodedBody } from './body.ts'
import type { Call } from './call.ts'
import type { Clock } from './clock.ts'
import type { LiveContract } from './contract.ts'
import type { Definitions } from './definitions.ts'
import type { ExampleDialect } from './example.ts'
import type { FaultSpec } from './fault-schema.ts'
import type { FixtureDialect, MessageDialect } from './fixture.ts'
import type { BodyCondition, Condition, JsonCondition, Mismatch, TextCondition } from './matcher.ts'
import type { DocumentPatch } from './patch.ts'
import type { Reply } from './reply.ts'

/** What compiling mocks and answering calls need: it runs in browsers, too. */
export interface MockDialect {
  readonly protocol: string
  /**
   * The dialect as one mock needs it, where definitions decide what its sections may hold. What its `request` asks for
   * decides what its `response` may be. Absent: the dialect is the same for all.
   */
  forMock?(mock: MockScope): MockDialect
  /** What mock files call the sections; absent: `request` and `response`. */
  readonly sections?: Sections
  /** The name of a mock that has none, by its request as it is written; absent: method and path. */
  nameOf?(request: unknown): string
  /** Keys of a mock's fault that mean nothing in this protocol; default `error` and `at`. */
  readonly foreignFaults?: readonly (keyof FaultSpec)[]
  /** Throws SpecError, its path from the section's root. */
  compileRequest(spec: unknown, compile: Compilers): CompiledRequest
  /** Throws SpecError. `literal`: nothing in it is an expression. Reads `bodyFile` through `files`, which keeps it inside the library. */
  compileResponse(spec: unknown, files: ResponseFiles, literal?: boolean): CompiledResponse
  /** The key of a response whose value is its document: `body`. */
  readonly documentKey: string
  /**
   * All of a response but its document, made by a script or a template: plain data that nobody has checked. Throws
   * SpecError, and so does what it returns.
   */
  compileResult(head: unknown, files: ResponseFiles): WriteResult
  /**
   * A response with the text of its file as its document; `file`: the key that named one. Throws SpecError.
   */
  templateOf(
    spec: unknown,
    files: ResponseFiles,
  ): { readonly value: unknown; readonly file: string | undefined }
  /** Throws SpecError, its path from the patch's root. */
  compilePatch(spec: unknown, compile: PatchCompilers): ReplyPatch
  /** Under which name a script's `request` holds what the call carries; default `body`. */
  scriptBody?(call: Call): string
  /** JSON of what stands for a value that only a call will bring, when a template is checked; default 200. */
  readonly anyValue?: string
  /** The protocol's own part of a script's `request`: plain data, without the body. `wants`: undefined for all of it. */
  scriptFields(call: Call, wants: ReadonlySet<string> | undefined): Record<string, unknown>
  /** A reply as a script's `forward()` gives it: a response as in mock files. */
  replyValue(reply: Reply): Promise<unknown>
  /** How a script changes a real reply. */
  readonly replyEditing: ReplyEditing
  /**
   * An answer of the protocol's own (browsers' preflights) for a call that no mock takes, or only one of any
   * method; or undefined. `methods`: those that mocks have at this path; '' stands for any.
   */
  unmatched(call: Call, methods: () => ReadonlySet<string>): Reply | undefined
  /** Last touch on a mocked reply; returns the same object where nothing is to do. */
  mocked(call: Call, reply: Reply): Reply
  /** `request:` and `response:` of the smallest mock that takes this call, ready to paste; absent: method and path. */
  smallest?(call: Call): Promise<{ readonly request: object; readonly response: object } | undefined>
}

/** With what reads, checks and records mock files. */
export interface Dialect extends MockDialect {
  forMock?(mock: MockScope): Dialect
  /** Shapes of the sections: the one source of validation, of types and of the published JSON Schema. */
  readonly requestSchema: ZodType
  readonly responseSchema: ZodType
  /** `upstream.patch`. */
  readonly patchSchema: ZodType
  /** undefined: its mock files hold no examples. */
  readonly example?: ExampleDialect
  /** How its exchanges are recorded; undefined: they cannot be. */
  readonly fixture?: FixtureDialect
  /** Its calls are messages, which are recorded as such; absent: they are not. */
  readonly message?: MessageDialect
  /** Live calls held against the definitions of their service; undefined: definitions say nothing, or there are none. */
  readonly live?: LiveContract
}

/** For protocols in which nobody asks and nobody answers. */
export interface Sections {
  readonly request: string
  /** The section is the document itself, and stands for a response with nothing else in it: so it is also `documentKey`. */
  readonly response: string
  /** The document's. */
  readonly responseSchema: ZodType
}

/** What else decides how a mock's sections are read. */
export interface MockScope {
  readonly service: string
  /** undefined: the service has none. */
  readonly definitions: Definitions | undefined
  /** The mock's own section, as written; nothing but its shape has been checked. */
  readonly request: unknown
  /** What a reply waits by while it is sent; default the real clock. */
  readonly clock?: Clock | undefined
}

/** Conditions from specs; lent by `matchers/`, which protocols do not import. All throw SpecError. */
export interface Compilers {
  text(spec: unknown): TextCondition
  json(spec: unknown): JsonCondition
  body(spec: unknown): BodyCondition
  /** Conditions on parts, by name. */
  multipart(spec: unknown): BodyCondition
}

/** Lent by `patch/`, which protocols do not import. Throws SpecError. */
export interface PatchCompilers {
  /** A patch of a body, a message, a value: of any document that can be shown as text. */
  document(spec: unknown): DocumentPatch
}

/** How a real reply is changed. Where its documents lie, and how they are packed, only the protocol knows. */
export interface ReplyPatch {
  /** For lists; undefined: the real one. */
  readonly status: number | undefined
  /** What is changed, for people: `status`, `body (merge)`. */
  readonly changes: readonly string[]
  /** The call as it must be asked, so that the reply comes whole and can be read; the same where it can stay. */
  ask(call: Call): Call
  /** `call` is the client's own. Throws PatchFailure, or SvcMockError when the upstream breaks off. */
  change(call: Call, reply: Reply): Reply | Promise<Reply>
}

export interface ResponseFiles {
  /** Bytes of a file named in a mock file, relative to that file; throws SpecError when it lies outside the library or is missing. */
  read(relativePath: string): Uint8Array
}

/** A value of a response: JSON, or the characters themselves. */
export type ScriptDocument = { readonly json: string } | { readonly text: string }

/** Throws SpecError. */
export type WriteResult = (document: ScriptDocument | undefined) => Reply

/** Lets a script change a real reply. */
export interface ReplyEditing {
  /** The call as it must be asked, so that the reply comes whole and can be read. */
  ask(call: Call): Call
  /** Reads a reply whole; undefined for what is no reply of one call. Rejects with PatchFailure or SvcMockError. */
  open(call: Call, reply: Reply): OpenReply | undefined | Promise<OpenReply | undefined>
}

export interface OpenReply {
  /** JSON of a response as in mock files. */
  readonly json: string
  /** What `head` and `document` do not name stays. Throws SpecError. */
  changed(head: unknown, document: ScriptDocument | undefined, files: ResponseFiles): Reply | Promise<Reply>
}

export interface CompiledRequest {
  /** undefined: any. Compared as it stands. */
  readonly method: string | undefined
  /** The key of `request` that says it, for near misses; default `method`. */
  readonly methodKey?: string
  /** A path pattern (`/orders/{id}`, `/v{n}/{rest*}`); undefined: any path. */
  readonly path: string | undefined
  /** What people call its method and path together, where that is a word of its own: `acme.Inventory/Get`. */
  readonly operation?: string
  /** Conditions on the parameters of `path`, by name. */
  readonly params: ReadonlyMap<string, TextCondition>
  readonly clauses: readonly Clause[]
}

/** What a condition says of values, for comparing mocks with each other. */
type Facts = Pick<Condition<never>, 'equalities' | 'impliedBy'>

/** One condition on one place of a call. `body` is given when any clause of the candidates needs it. */
export interface Clause {
  /** `query.page`, `headers.accept`, `body`. */
  readonly label: string
  readonly needsBody: boolean
  /** How much it counts for specificity. */
  readonly weight: number
  test(call: Call, body: DecodedBody | undefined): boolean
  mismatch(call: Call, body: DecodedBody | undefined): Mismatch | undefined
  describe(): string
  readonly hints: readonly IndexHint[]
  /** What it looks at: clauses of equal places read the same of a call. Left out where nothing compares it with others. */
  readonly place?: string
  readonly condition?: Facts
}

/**
 * A necessary condition that the index can hash: the clause can hold only if one of `values` is among
 * `read(call, body)`. Equal `key` means equal `read`. Values are texts made by `indexText`, so that `1` in
 * JSON and `1` in a form fall into the same bucket; the clause itself decides afterwards.
 */
export interface IndexHint {
  readonly key: string
  readonly needsBody: boolean
  /** The clause holds exactly when one of `values` is read. */
  readonly exact: boolean
  readonly values: readonly string[]
  read(call: Call, body: DecodedBody | undefined): readonly string[]
}

export interface CompiledResponse {
  /** Made once and shared by all calls; nobody writes to it. */
  readonly reply: Reply
  readonly status: number
}
