/**
 * Documents with links (HAL, draft-kelly-json-hal), as a Pact Broker speaks. Links are followed as they are given, so that a
 * broker may lie below any path.
 */
import { SvcMockError } from '../../../../core/errors.ts'
import { networkReason } from '../../../../core/network-reasons.ts'
import { type Fields, isFields, readJson } from '../json-value.ts'

export interface HalOptions {
  /** Of the index. A user and a password in it are taken as credentials, and never shown. */
  readonly url: string
  readonly credentials: BrokerCredentials | undefined
  readonly fetch: typeof fetch
  readonly timeoutMs: number
}

export type BrokerCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }

/** The names that Pact's own tools read. */
export const credentialsFrom = (
  env: Readonly<Record<string, string | undefined>>,
): BrokerCredentials | undefined => {
  const token = env['PACT_BROKER_TOKEN']
  if (token) return { kind: 'token', token }
  const user = env['PACT_BROKER_USERNAME']
  return user ? { kind: 'basic', user, password: env['PACT_BROKER_PASSWORD'] ?? '' } : undefined
}

export interface Link {
  readonly href: string
  readonly name: string | undefined
}

export type HalMethod = 'GET' | 'POST' | 'PUT'

export class HalClient {
  /** Without user and password. */
  readonly base: string
  readonly #options: HalOptions
  readonly #credentials: BrokerCredentials | undefined

  constructor(options: HalOptions) {
    const url = URL.parse(options.url)
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new SvcMockError('FLAG_INVALID', 'the address of the Pact Broker is none', {
        hint: 'write https://broker.example.com',
      })
    const { username, password } = url
    url.username = ''
    url.password = ''
    this.base = url.href
    this.#options = options
    this.#credentials =
      username === ''
        ? options.credentials
        : { kind: 'basic', user: decodeURIComponent(username), password: decodeURIComponent(password) }
  }

  /** Relative links belong to the index. */
  absolute(href: string): string {
    const url = URL.parse(href, this.base.endsWith('/') ? this.base : `${this.base}/`)
    if (url === null)
      throw brokerFailed(`${shownUrl(this.base)} gave a link that is none: ${href.slice(0, 200)}`)
    return url.href
  }

  /** Rejects with BROKER_FAILED. */
  async ask(method: HalMethod, link: string, body?: unknown): Promise<Fields> {
    const url = this.absolute(link)
    const { status, type, text } = await this.#send(method, url, body)
    const read = text === '' ? ({ ok: true, value: {} } as const) : readJson(text)
    if (status >= 200 && status < 300) {
      if (!read.ok || !isFields(read.value))
        throw brokerFailed(
          `${shownUrl(url)} answered ${status} with something that is no JSON${type === '' ? '' : ` (${type})`}`,
          'give the address of the index of a Pact Broker, or of a pact',
        )
      return read.value
    }
    throw new Refused(
      status,
      refusal(url, status, read.ok ? read.value : undefined),
      this.#hintFor(url, status),
    )
  }

  async #send(method: HalMethod, url: string, body: unknown) {
    const { fetch, timeoutMs } = this.#options
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: 'application/hal+json, application/json;q=0.9',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...this.#authorization(url),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? ''
      return { status: response.status, type, text: await response.text() }
    } catch (error) {
      throw brokerFailed(
        `${shownUrl(url)} did not answer: ${reasonOf(error, timeoutMs)}`,
        'is the Pact Broker running?',
      )
    }
  }

  #isOwn(url: string): boolean {
    return new URL(url).origin === new URL(this.base).origin
  }

  #hintFor(url: string, status: number): string | undefined {
    if (status !== 401 && status !== 403) return undefined
    return this.#isOwn(url)
      ? 'set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD'
      : `the broker's links lead to ${new URL(url).origin}, where credentials for ${new URL(this.base).origin} are not sent; set the broker's base URL`
  }

  /** Only to the broker itself: a link of its answers may lead elsewhere. */
  #authorization(url: string): Record<string, string> {
    const credentials = this.#credentials
    if (credentials === undefined || !this.#isOwn(url)) return {}
    if (credentials.kind === 'token') return { authorization: `Bearer ${credentials.token}` }
    const pair = new TextEncoder().encode(`${credentials.user}:${credentials.password}`)
    return { authorization: `Basic ${btoa(String.fromCharCode(...pair))}` }
  }
}

/** An answer that says no. */
export class Refused extends SvcMockError {
  readonly status: number

  constructor(status: number, message: string, hint: string | undefined) {
    super('BROKER_FAILED', message, hint === undefined ? {} : { hint })
    this.status = status
  }
}

export const linkOf = (document: Fields, ...names: readonly string[]): Link | undefined => {
  const links = isFields(document['_links']) ? document['_links'] : {}
  for (const name of names) {
    const given = links[name]
    const link: unknown = Array.isArray(given) ? given[0] : given
    if (isFields(link) && typeof link['href'] === 'string')
      return { href: link['href'], name: typeof link['name'] === 'string' ? link['name'] : undefined }
  }
  return undefined
}

/** URI templates of level 1 (RFC 6570), which is what the broker uses. */
export const filled = ({ href }: Link, values: Readonly<Record<string, string>>): string =>
  href.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name]!) : whole,
  )

export const brokerFailed = (message: string, hint?: string): SvcMockError =>
  new SvcMockError('BROKER_FAILED', message, hint === undefined ? {} : { hint })

/** Without credentials and query. */
export const shownUrl = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const refusal = (url: string, status: number, body: unknown): string => {
  const words = (isFields(body) ? wordsOf(body) : [])
    .slice(0, 5)
    .map((text) => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '))
  return `${shownUrl(url)} answered ${status}${words.length === 0 ? '' : `: ${words.join('; ')}`}`
}

/**
 * What a broker says is wrong: `{ errors: { field: [text] } }`, `{ errors: [text | { detail }] }`, `{ error: { message } }`, problems of
 * RFC 9457, and notices.
 */
const wordsOf = ({ errors, error, notices, detail, title }: Fields): readonly string[] => {
  const said = Array.isArray(errors)
    ? errors.flatMap((one: unknown) => textIn(one))
    : isFields(errors)
      ? Object.entries(errors).flatMap(([field, texts]) =>
          [texts].flat().map((text: unknown) => `${field} ${String(text)}`),
        )
      : []
  const noticed = Array.isArray(notices) ? notices.flatMap((one: unknown) => textIn(one)) : []
  return [...said, ...textIn(error), ...noticed, ...(said.length > 0 ? [] : textIn(detail ?? title))]
}

const textIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value.trim()]
  if (!isFields(value)) return []
  const text = value['detail'] ?? value['message'] ?? value['text'] ?? value['title']
  return typeof text === 'string' ? [text.trim()] : []
}

const reasonOf = (error: unknown, timeoutMs: number): string => {
  const { name, cause, message } = error as Error
  if (name === 'TimeoutError') return `nothing came within ${timeoutMs} ms`
  return cause instanceof Error ? networkReason(cause).text : message
}
