/** What a reply's status was, seen while it passes: in trailers, in the head, in the last envelope, or as an HTTP status. */
import type { Sink, Source } from '../../../core/body.ts'
import { firstValue, type Metadata } from '../../../core/metadata.ts'
import type { SingleReply, StreamReply } from '../../../core/reply.ts'
import { Base64Reader } from '../codec/base64.ts'
import { type Envelope, EnvelopeReader, flags } from '../codec/envelope.ts'
import { codeOfConnect, statusOfHttp } from '../codec/status.ts'
import { concat } from '../codec/wire.ts'
import type { WireForm } from '../wire-form.ts'
import { statusIn } from './trailers.ts'

/** The status of a reply that is whole. undefined: it tells none. */
export const statusOf = (form: WireForm, reply: SingleReply): number | undefined => {
  if (isUnary(form) && reply.status !== 200)
    return statusOfError(reply.body ?? new Uint8Array(0)) ?? statusOfHttp(reply.status)
  const head = statusOfHead(reply.status, reply.metadata)
  if (head !== undefined) return head
  if (reply.trailers !== undefined) return statusIn(reply.trailers).code
  if (isUnary(form)) return 0
  let status: number | undefined
  const watch = lastEnvelopeWatch(form, (code) => {
    status = code
  })
  if (reply.body !== undefined) watch?.(reply.body)
  return status
}

/** Connect's unary calls tell it by HTTP, and in the body of an error. */
const isUnary = ({ wire }: WireForm): boolean => wire === 'connect' || wire === 'connect-get'

const statusOfError = (body: Uint8Array): number | undefined => {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(body)) as { readonly code?: unknown }
    return typeof code === 'string' ? codeOfConnect(code) : undefined
  } catch {
    return undefined
  }
}

/** An error is shorter than this. */
const errorAtMost = 16 * 1024

const statusOfHead = (http: number, metadata: Metadata): number | undefined => {
  if (firstValue(metadata, 'grpc-status') !== undefined) return statusIn(metadata).code
  return http === 200 ? undefined : statusOfHttp(http)
}

/** The same bytes, with an ear on the end. `done` is called once: with the status, or undefined when it broke off. */
export const observed = (
  form: WireForm,
  reply: StreamReply,
  done: (status: number | undefined, error?: Error) => void,
): StreamReply => {
  const head = statusOfHead(reply.status, reply.metadata)
  return { ...reply, source: new ObservedSource(form, reply.source, head, done) }
}

class ObservedSource implements Source {
  private readonly form: WireForm
  private readonly inner: Source
  private status: number | undefined
  private done: ((status: number | undefined, error?: Error) => void) | undefined

  constructor(
    form: WireForm,
    inner: Source,
    status: number | undefined,
    done: (status: number | undefined, error?: Error) => void,
  ) {
    this.form = form
    this.inner = inner
    this.status = status
    this.done = done
  }

  pipe(sink: Sink): void {
    let error: Uint8Array | undefined =
      isUnary(this.form) && this.status !== undefined ? new Uint8Array(0) : undefined
    const watch =
      this.status === undefined
        ? lastEnvelopeWatch(this.form, (code) => {
            this.status = code
          })
        : undefined
    this.inner.pipe({
      message: (bytes) => {
        watch?.(bytes)
        if (error !== undefined && error.length < errorAtMost) error = concat([error, bytes])
        return sink.message(bytes)
      },
      end: (trailers) => {
        if (trailers !== undefined && firstValue(trailers, 'grpc-status') !== undefined)
          this.status = statusIn(trailers).code
        else if (error !== undefined) this.status = statusOfError(error) ?? this.status
        else if (isUnary(this.form)) this.status ??= 0
        sink.end(trailers)
        this.finish(this.status)
      },
      fail: (error) => {
        sink.fail(error)
        this.finish(undefined, error)
      },
    })
  }

  resume(): void {
    this.inner.resume()
  }

  cancel(reason?: Error): void {
    this.inner.cancel(reason)
    this.finish(undefined, reason ?? new Error('the client went away'))
  }

  private finish(status: number | undefined, error?: Error): void {
    const { done } = this
    this.done = undefined
    done?.(status, error)
  }
}

/** gRPC-Web and Connect's streams tell the status in their last envelope. Bytes that are none are nobody's mistake here. */
const lastEnvelopeWatch = (
  { wire }: WireForm,
  told: (code: number) => void,
): ((bytes: Uint8Array) => void) | undefined => {
  if (wire !== 'web' && wire !== 'web-text' && wire !== 'connect-stream') return undefined
  let reader: EnvelopeReader | undefined = new EnvelopeReader(Number.POSITIVE_INFINITY)
  const base64 = wire === 'web-text' ? new Base64Reader() : undefined
  return (bytes) => {
    try {
      reader?.push(base64?.push(bytes) ?? bytes, (one) => {
        const code = codeIn(one)
        if (code !== undefined) told(code)
      })
    } catch {
      reader = undefined
    }
  }
}

const codeIn = ({ flags: flag, payload }: Envelope): number | undefined => {
  const text = (): string => new TextDecoder().decode(payload)
  if ((flag & flags.trailers) !== 0) return statusIn(linesOf(text())).code
  if ((flag & flags.endStream) === 0) return undefined
  const end = JSON.parse(text()) as { readonly error?: { readonly code?: string } }
  return end.error === undefined ? 0 : (codeOfConnect(end.error.code ?? '') ?? 2)
}

/** gRPC-Web's trailers as raw pairs. */
export const linesOf = (text: string): readonly string[] =>
  text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return colon < 1 ? [] : [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
