/**
 * A call's payload. Bytes until somebody asks for more; decoded once; bytes that somebody peeked are
 * replayed to the next reader, so a mock that looked and did not match costs the upstream nothing.
 */
import type { Multipart } from './multipart.ts'

/** A whole body in memory, with its decoded forms, each made on first use and kept. */
export interface DecodedBody {
  /** After content-encoding has been undone. Empty if there is no body, or if `problem` is set. */
  readonly bytes: Uint8Array
  /** The `content-type` as sent, or ''. */
  readonly contentType: string
  /** Why the body as a whole cannot be looked at: larger than the limit, broken gzip. Every clause on it fails. */
  readonly problem: string | undefined
  /** UTF-8 text. `ok: false` for bytes that are no UTF-8. */
  text(): Decoded<string>
  /** JSON; integers beyond 2^53 are bigint. `ok: false` says where it breaks. */
  json(): Decoded<unknown>
  /** `application/x-www-form-urlencoded` fields in order, whatever the content type says. */
  form(): Decoded<ReadonlyMap<string, readonly string[]>>
  /** `multipart/*` parts (RFC 2046 section 5.1). */
  multipart(): Decoded<Multipart>
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

export interface Body {
  /** True when the call is known to carry no body at all. */
  readonly empty: boolean
  /**
   * The whole body, read up to `limit` bytes (before and after decompression); the same object each time.
   * Synchronous when there is no body or it was read before. Rejects only when the client goes away.
   */
  read(limit: number): DecodedBody | Promise<DecodedBody>
  /** The raw bytes from the first one, whether or not somebody has read them. May be taken once. */
  source(): Source
  /**
   * Shows somebody the raw bytes as they come, whoever reads them; what nobody has read when the call is answered is read for
   * the onlooker. Once, before anybody reads. Absent: the bytes of this body cannot be shown.
   */
  watch?(onlooker: Onlooker): void
}

export interface Onlooker {
  /** False: it has seen enough, and is told nothing more. */
  piece(bytes: Uint8Array): boolean
  end(trailers: readonly string[]): void
  /** It will never be whole. */
  fail(): void
}

/**
 * A stream of messages (for HTTP: pieces of the body) pushed with back-pressure. Nothing is delivered before
 * `pipe`; after `end` or `fail` nothing more is.
 */
export interface Source {
  pipe(sink: Sink): void
  /** Ask for more after `message` returned false. */
  resume(): void
  /** All of it, where it has arrived already and no trailers came with it; then nobody need pipe. */
  whole?(): Uint8Array | undefined
  /** The reader has gone away; the producer is told (a reset towards the upstream, say). Idempotent. */
  cancel(reason?: Error): void
}

export interface Sink {
  /** Returns false when the producer must wait for `resume`. */
  message(bytes: Uint8Array): boolean
  /** `trailers` as raw pairs. */
  end(trailers?: readonly string[]): void
  fail(error: Error): void
}
