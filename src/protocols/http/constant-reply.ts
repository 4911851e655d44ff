/**
 * The reply of a static mock, shared by all its calls. With a hundred thousand of them in memory every object
 * that a call touches is a cache miss, so a reply keeps little: a short body in the one form that is written,
 * and headers only where the mock gives some.
 */
import type { SingleReply } from '../../core/reply.ts'

export interface Payload {
  readonly bytes: Uint8Array
  readonly type: string | undefined
}

/** RFC 9110 sections 15.3.5 and 15.4.5: these end with their headers. */
export const bodiless: ReadonlySet<number> = new Set([204, 304])

/** Beyond this a body is better written as bytes: joining it with the head would copy more than a second write costs. */
const wireAtMost = 16 * 1024

export class ConstantReply implements SingleReply {
  readonly kind = 'single'
  readonly status: number
  readonly wire: string | undefined
  /** -1: none is announced. */
  private readonly length: number
  private readonly type: string | undefined
  /** The mock's own headers; undefined for none. */
  private readonly headers: readonly string[] | undefined
  private readonly bytes: Uint8Array | undefined

  constructor(status: number, headers: readonly string[], payload: Payload | undefined) {
    const bytes = payload?.bytes
    const typed = headers.some((header, i) => i % 2 === 0 && header.toLowerCase() === 'content-type')
    this.status = status
    this.type = typed ? undefined : payload?.type
    this.length = bodiless.has(status) ? -1 : (bytes?.length ?? 0)
    this.headers = headers.length === 0 ? undefined : headers
    const short = bytes !== undefined && bytes.length <= wireAtMost
    this.wire = short ? Buffer.from(bytes).toString('latin1') : undefined
    this.bytes = short ? undefined : bytes
  }

  get metadata(): readonly string[] {
    const metadata = this.type === undefined ? [] : ['content-type', this.type]
    if (this.headers !== undefined) metadata.push(...this.headers)
    if (this.length >= 0) metadata.push('content-length', String(this.length))
    return metadata
  }

  get body(): Uint8Array | undefined {
    return this.wire === undefined ? this.bytes : Buffer.from(this.wire, 'latin1')
  }
}
