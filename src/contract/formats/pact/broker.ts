/**
 * A Pact Broker, as far as verification needs it: which pacts a provider has to keep, and what came of asking. Links are followed as
 * the broker names them (HAL, draft-kelly-json-hal), so that a broker may lie below any path.
 */
import { SvcMockError } from '../../../core/errors.ts'
import { type Fields, isFields, readJson } from './json-value.ts'

export interface BrokerOptions {
  /** Of its index. */
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

/** As the broker takes it: `{ "mainBranch": true }`, `{ "deployedOrReleased": true }`, `{ "branch": "x", "fallbackBranch": "main" }`. */
export type ConsumerVersionSelector = Fields

export interface PactsWanted {
  readonly provider: string
  readonly selectors: readonly ConsumerVersionSelector[]
  /** Of the provider, for pending pacts. */
  readonly branch: string | undefined
  /** Pacts that were never verified do not fail the provider's build. */
  readonly pending: boolean
  /** Work in progress since that day, `2026-11-21`. */
  readonly wipSince: string | undefined
}

export interface PactToVerify {
  /** How the broker calls it. */
  readonly name: string
  readonly url: string
  readonly pending: boolean
  readonly wip: boolean
  /** Why it was chosen, in the broker's words. */
  readonly notices: readonly string[]
  /** The file: what readPactFile takes. */
  readonly content: unknown
  /** Where results go. */
  readonly resultsUrl: string | undefined
}

export interface VerificationResult {
  readonly success: boolean
  readonly providerVersion: string
  readonly branch: string | undefined
  readonly buildUrl: string | undefined
  readonly testResults: readonly Fields[]
}

export interface Deployable {
  readonly deployable: boolean
  /** In the broker's words. */
  readonly reason: string
}

export class PactBroker {
  readonly #options: BrokerOptions

  constructor(options: BrokerOptions) {
    this.#options = options
  }

  /** Throws BROKER_FAILED. */
  async pactsFor(wanted: PactsWanted): Promise<readonly PactToVerify[]> {
    const index = await this.#index()
    const link = linkOf(index, 'pb:provider-pacts-for-verification', 'beta:provider-pacts-for-verification')
    if (link === undefined)
      throw failed(`${this.#options.url} names no pacts for verification, so it is no Pact Broker`)
    const found = await this.#ask('POST', filled(link, { provider: wanted.provider }), {
      consumerVersionSelectors: wanted.selectors,
      includePendingStatus: wanted.pending,
      ...(wanted.branch !== undefined && { providerVersionBranch: wanted.branch }),
      ...(wanted.wipSince !== undefined && { includeWipPactsSince: wanted.wipSince }),
    })
    const embedded = isFields(found['_embedded']) ? found['_embedded']['pacts'] : undefined
    const pacts: PactToVerify[] = []
    for (const one of Array.isArray(embedded) ? (embedded as readonly unknown[]) : []) {
      if (isFields(one)) pacts.push(await this.#pact(one))
    }
    return pacts
  }

  async #pact(one: Fields): Promise<PactToVerify> {
    const link = linkOf(one, 'self')
    if (link === undefined) throw failed('the broker names a pact without a link to it')
    const url = this.#absolute(link.href)
    const content = await this.#ask('GET', url)
    const properties = isFields(one['verificationProperties']) ? one['verificationProperties'] : {}
    const results = linkOf(content, 'pb:publish-verification-results')
    const notices = Array.isArray(properties['notices']) ? (properties['notices'] as readonly unknown[]) : []
    return {
      name: link.name ?? url,
      url,
      pending: properties['pending'] === true,
      wip: properties['wip'] === true,
      notices: notices.flatMap((notice) =>
        isFields(notice) && typeof notice['text'] === 'string' ? [notice['text']] : [],
      ),
      content,
      resultsUrl: results === undefined ? undefined : this.#absolute(results.href),
    }
  }

  /** What came of verifying. The branch is told first, since results belong to a version that has one. */
  async publish(provider: string, pact: PactToVerify, result: VerificationResult): Promise<void> {
    if (pact.resultsUrl === undefined) throw failed(`${pact.name}: the broker takes no results for it`)
    if (result.branch !== undefined) {
      const link = linkOf(await this.#index(), 'pb:pacticipant-branch-version')
      if (link !== undefined)
        await this.#ask(
          'PUT',
          filled(link, { pacticipant: provider, branch: result.branch, version: result.providerVersion }),
          {},
        )
    }
    await this.#ask('POST', pact.resultsUrl, {
      success: result.success,
      providerApplicationVersion: result.providerVersion,
      ...(result.buildUrl !== undefined && { buildUrl: result.buildUrl }),
      testResults: result.testResults,
      verifiedBy: { implementation: 'svc-mock' },
    })
  }

  /** Whether a version may go to an environment, by all that is known of its partners there. */
  async canIDeploy(pacticipant: string, version: string, environment: string): Promise<Deployable> {
    const query = new URLSearchParams({ pacticipant, version, environment })
    const answer = await this.#ask('GET', this.#absolute(`can-i-deploy?${query.toString()}`))
    const summary = isFields(answer['summary']) ? answer['summary'] : {}
    if (typeof summary['deployable'] !== 'boolean')
      throw failed('the broker did not say whether it may be deployed')
    return { deployable: summary['deployable'], reason: String(summary['reason'] ?? '') }
  }

  #index(): Promise<Fields> {
    return this.#ask('GET', this.#options.url)
  }

  /** Relative links belong to the index. */
  #absolute(href: string): string {
    const { url } = this.#options
    return new URL(href, url.endsWith('/') ? url : `${url}/`).href
  }

  async #ask(method: 'GET' | 'POST' | 'PUT', link: string, body?: unknown): Promise<Fields> {
    const url = this.#absolute(link)
    const { fetch, timeoutMs } = this.#options
    let response: Response
    let text: string
    try {
      response = await fetch(url, {
        method,
        headers: {
          accept: 'application/hal+json, application/json;q=0.9',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...this.#authorization(url),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      text = await response.text()
    } catch (error) {
      throw failed(`${shownUrl(url)} did not answer: ${reasonOf(error, timeoutMs)}`)
    }
    if (response.status === 401 || response.status === 403)
      throw failed(
        `${shownUrl(url)} answered ${response.status}`,
        'set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD',
      )
    if (!response.ok) throw failed(`${shownUrl(url)} answered ${response.status}`)
    const read = text === '' ? ({ ok: true, value: {} } as const) : readJson(text)
    if (!read.ok || !isFields(read.value))
      throw failed(`${shownUrl(url)} answered ${response.status} with something that is no JSON`)
    return read.value
  }

  /** Only to the broker itself: a link of its answers may lead elsewhere. */
  #authorization(url: string): Record<string, string> {
    const { credentials } = this.#options
    if (credentials === undefined || new URL(url).origin !== new URL(this.#options.url).origin) return {}
    if (credentials.kind === 'token') return { authorization: `Bearer ${credentials.token}` }
    const pair = new TextEncoder().encode(`${credentials.user}:${credentials.password}`)
    return { authorization: `Basic ${btoa(String.fromCharCode(...pair))}` }
  }
}

interface Link {
  readonly href: string
  readonly name: string | undefined
}

const linkOf = (document: Fields, ...names: readonly string[]): Link | undefined => {
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
const filled = ({ href }: Link, values: Readonly<Record<string, string>>): string =>
  href.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name]!) : whole,
  )

const failed = (message: string, hint?: string): SvcMockError =>
  new SvcMockError('BROKER_FAILED', message, hint === undefined ? {} : { hint })

/** Without credentials and query. */
const shownUrl = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const reasonOf = (error: unknown, timeoutMs: number): string => {
  const { name, cause, message } = error as Error & { readonly cause?: { readonly code?: string } }
  if (name === 'TimeoutError') return `nothing came within ${timeoutMs} ms`
  return (cause as { readonly code?: string } | undefined)?.code ?? message
}
