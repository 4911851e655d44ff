/** One HTTP exchange as a Call. Small: what a mock does not ask for is never made. */
import type { Duplex } from 'node:stream'
import type { Body } from '../../core/body.ts'
import { type Call, type CallChanges, type CallContext, newContext, type Tenant } from '../../core/call.ts'
import { allValues, firstValue, type Metadata } from '../../core/metadata.ts'
import type { Entrance, Routed } from '../../core/protocol.ts'
import type { Authority, ServiceEntry } from '../../core/service-entry.ts'
import { parseCookies, parseQuery, type Values } from './query.ts'
import type { RequestTarget } from './target.ts'

/** The client's side of an exchange, as far as a call needs it, whatever version of HTTP the client speaks. */
export interface ClientSide {
  readonly method: string
  /** As received (RFC 9112 section 3.2); HTTP/2's `:path`. */
  readonly requestTarget: string
  /** HTTP/2's `:scheme`: what HTTP/1.1 says only in absolute form. */
  readonly scheme?: string | undefined
  readonly rawHeaders: Metadata
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion: string
  readonly entrance: Entrance
  /** Nobody reads an answer any more. */
  readonly gone: boolean
  /** Runs `gone` when the client went away before its reply was whole. */
  onGone(gone: () => void): void
  /** Passes 103 on; absent where no interim reply can be sent. */
  earlyHints?(headers: Readonly<Record<string, string | string[]>>): void
  /** The raw connection of an Upgrade, with bytes that came early. */
  readonly upgrade?: { readonly socket: Duplex; readonly head: Uint8Array }
}

type Writable<T> = { -readonly [key in keyof T]: T[key] }

export class HttpCall implements Call {
  readonly protocol = 'http'
  readonly oneway = false
  readonly context: CallContext = newContext()
  readonly id: number
  tenant: Tenant
  readonly service: ServiceEntry
  readonly method: string
  /** Raw, without the part that belongs to the service's address. */
  readonly path: string
  /** Raw, with its `?`. */
  readonly search: string
  readonly metadata: Metadata
  readonly body: Body
  /** Where the client was going. */
  readonly target: Authority
  /** As the client sent it, without scheme and authority: what is forwarded. */
  readonly rawTarget: string
  readonly client: ClientSide
  private queryValues: Values | undefined
  private cookieValues: Values | undefined
  private abort: AbortController | undefined

  constructor(
    id: number,
    tenant: Tenant,
    routed: Routed,
    target: Pick<RequestTarget, 'path' | 'search'>,
    client: ClientSide,
    body: Body,
  ) {
    this.id = id
    this.tenant = tenant
    this.service = routed.service
    this.method = client.method
    this.path = routed.basePath === '' ? target.path : target.path.slice(routed.basePath.length) || '/'
    this.search = target.search
    this.metadata = client.rawHeaders
    this.body = body
    this.target = routed.target
    this.rawTarget = target.search === '' ? target.path : target.path + target.search
    this.client = client
  }

  /** The same call with other headers, for asking the real service something else than the client asked. */
  withMetadata(metadata: Metadata): HttpCall {
    return Object.create(this, { metadata: { value: metadata, enumerable: true } }) as HttpCall
  }

  /**
   * The same call in other words: for a protocol that is carried in it, for another instance, with a tag. A copy, since an
   * object that becomes another one's prototype costs as much as the whole call.
   */
  derived({
    metadata = this.metadata,
    body = this.body,
    service = this.service,
    signal,
  }: CallChanges): HttpCall {
    const client = signal === undefined ? this.client : alsoGone(this.client, signal)
    const routed = { service, target: this.target, basePath: '' }
    const copy: Writable<HttpCall> = new HttpCall(this.id, this.tenant, routed, this, client, body)
    copy.metadata = metadata
    copy.rawTarget = this.rawTarget
    copy.context = this.context
    return copy as HttpCall
  }

  get operation(): string {
    return `${this.method} ${this.path}`
  }

  get version(): string | undefined {
    const from = this.service.versionFrom
    if (from.kind === 'header') return firstValue(this.metadata, from.name)
    return versionInPath(from.template, this.path)
  }

  get query(): Values {
    this.queryValues ??= parseQuery(this.search)
    return this.queryValues
  }

  get cookies(): Values {
    this.cookieValues ??= parseCookies(allValues(this.metadata, 'cookie'))
    return this.cookieValues
  }

  get signal(): AbortSignal {
    if (this.abort === undefined) {
      const controller = new AbortController()
      this.abort = controller
      this.client.onGone(() => controller.abort(new Error('the client went away')))
    }
    return this.abort.signal
  }
}

/** The client's side, for which the client is gone when the signal says so, too. */
const alsoGone = (client: ClientSide, signal: AbortSignal): ClientSide =>
  Object.create(client, {
    onGone: {
      value: (gone: () => void) => {
        client.onGone(gone)
        signal.addEventListener('abort', gone, { once: true })
      },
    },
  }) as ClientSide

/** `/v{version}/` takes `1.4` from `/v1.4/orders`: the template is a prefix, the version ends at the next `/`. */
const versionInPath = (template: string, path: string): string | undefined => {
  const [before = '', after = ''] = template.split('{version}')
  if (!path.startsWith(before)) return undefined
  const end = after === '' ? path.indexOf('/', before.length) : path.indexOf(after, before.length)
  const version = end < 0 ? (after === '' ? path.slice(before.length) : '') : path.slice(before.length, end)
  return version === '' || version.includes('/') ? undefined : version
}
