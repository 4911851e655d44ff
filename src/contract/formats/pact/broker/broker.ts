/**
 * A Pact Broker, as far as contracts need it: which pacts a provider has to keep, what came of asking, new pacts, and whether a version
 * may be deployed.
 */
import { type Fields, isFields } from '../json-value.ts'
import {
  brokerFailed,
  filled,
  HalClient,
  type HalOptions,
  type Link,
  linkOf,
  Refused,
  shownUrl,
} from './hal.ts'
import { type Deployable, deployableOf, type MatrixQuestion, matrixQuery } from './matrix.ts'
import { type Notice, noticesOf } from './notices.ts'

/** As the broker takes it: `{ "mainBranch": true }`, `{ "deployedOrReleased": true }`, `{ "branch": "x", "fallbackBranch": "main" }`. */
export type ConsumerVersionSelector = Fields

export interface PactsWanted {
  readonly provider: string
  /** None: the broker chooses, which is the latest pact of each consumer. */
  readonly selectors: readonly ConsumerVersionSelector[]
  /** Of the provider, for pending pacts and `matchingBranch`. */
  readonly branch: string | undefined
  /** Of the provider's version, where it has no branch. */
  readonly tags: readonly string[]
  /** Pacts that were never verified do not fail the provider's build. */
  readonly pending: boolean
  /** Work in progress since that day, `2026-11-21`. */
  readonly wipSince: string | undefined
}

/** A pact that is to be verified, before it was fetched. */
export interface PactReference {
  /** How the broker calls it. */
  readonly name: string
  readonly url: string
  readonly pending: boolean
  readonly wip: boolean
  /** Why it was chosen, and what its result will mean, in the broker's words. */
  readonly notices: readonly Notice[]
}

export interface PactToVerify extends PactReference {
  /** The file: what readPactFile takes. */
  readonly content: Fields
  /** Where results go. */
  readonly resultsUrl: string | undefined
}

export interface VerificationResult {
  readonly success: boolean
  readonly providerVersion: string
  readonly buildUrl: string | undefined
  /** `{ interactionId, success, mismatches: [{ attribute, identifier, description }], exceptions: [{ message }] }`. */
  readonly testResults: readonly Fields[]
  /** Of svc-mock. */
  readonly verifierVersion: string
}

/** A version of an application: what results and pacts belong to. */
export interface VersionOf {
  readonly name: string
  readonly version: string
  readonly branch: string | undefined
  readonly tags: readonly string[]
}

export interface ContractsToPublish extends VersionOf {
  readonly buildUrl: string | undefined
  /** `merge`: interactions are added to what was published for this version before. */
  readonly onConflict: 'overwrite' | 'merge'
  readonly contracts: readonly { readonly provider: string; readonly content: string }[]
}

export interface Published {
  readonly notices: readonly Notice[]
  /** Of the pacts, for people. */
  readonly urls: readonly string[]
}

export class PactBroker {
  readonly #hal: HalClient
  #index: Promise<Fields> | undefined

  /** Throws FLAG_INVALID for an address that is none. */
  constructor(options: HalOptions) {
    this.#hal = new HalClient(options)
  }

  get url(): string {
    return shownUrl(this.#hal.base)
  }

  /** All rejects with BROKER_FAILED. The address may be a pact's own, as webhooks give it. */
  async pactAtAddress(): Promise<PactToVerify | undefined> {
    const document = await this.#root()
    if (document['consumer'] === undefined || document['provider'] === undefined) return undefined
    const { base } = this.#hal
    const name = linkOf(document, 'self')?.name ?? shownUrl(base)
    return this.#toVerify({ name, url: base, pending: false, wip: false, notices: [] }, document)
  }

  async pactsFor(wanted: PactsWanted): Promise<readonly PactReference[]> {
    const link = await this.#link(
      'pacts for verification',
      'pb:provider-pacts-for-verification',
      'beta:provider-pacts-for-verification',
    )
    const found = await this.#known(wanted.provider, () =>
      this.#hal.ask('POST', filled(link, { provider: wanted.provider }), {
        consumerVersionSelectors: wanted.selectors,
        includePendingStatus: wanted.pending,
        ...(wanted.branch !== undefined && { providerVersionBranch: wanted.branch }),
        ...(wanted.tags.length > 0 && { providerVersionTags: wanted.tags }),
        ...(wanted.wipSince !== undefined && { includeWipPactsSince: wanted.wipSince }),
      }),
    )
    const embedded = isFields(found['_embedded']) ? found['_embedded']['pacts'] : undefined
    return (Array.isArray(embedded) ? (embedded as readonly unknown[]) : []).flatMap((one) =>
      isFields(one) ? [this.#reference(one)] : [],
    )
  }

  async fetch(reference: PactReference): Promise<PactToVerify> {
    return this.#toVerify(reference, await this.#hal.ask('GET', reference.url))
  }

  /** Before results are: they count for the branch and the tags that the version has at that time. */
  async describeVersion({ name, version, branch, tags }: VersionOf, pact: PactToVerify): Promise<void> {
    if (branch !== undefined) {
      const link = await this.#versionLink(pact, 'pb:pacticipant-branch-version', 'pb:branch-version')
      if (link === undefined)
        throw brokerFailed(`${this.url} knows no branches`, 'a Pact Broker does from version 2.86 on')
      await this.#hal.ask('PUT', filled(link, { pacticipant: name, branch, version }), {})
    }
    for (const tag of tags) {
      const link = await this.#versionLink(pact, 'pb:pacticipant-version-tag', 'pb:version-tag')
      if (link === undefined) throw brokerFailed(`${this.url} names no way to tag a version`)
      await this.#hal.ask('PUT', filled(link, { pacticipant: name, version, tag }), {})
    }
  }

  async publishResult(pact: PactToVerify, result: VerificationResult): Promise<void> {
    if (pact.resultsUrl === undefined) throw brokerFailed(`${pact.name}: the broker takes no results for it`)
    await this.#hal.ask('POST', pact.resultsUrl, {
      success: result.success,
      providerApplicationVersion: result.providerVersion,
      ...(result.buildUrl !== undefined && { buildUrl: result.buildUrl }),
      testResults: result.testResults,
      verifiedBy: { implementation: 'svc-mock', version: result.verifierVersion },
    })
  }

  /** Pacts of one version of a consumer. */
  async publishContracts(wanted: ContractsToPublish): Promise<Published> {
    const link = await this.#link('publishing contracts', 'pb:publish-contracts')
    const answer = await this.#hal.ask('POST', link.href, {
      pacticipantName: wanted.name,
      pacticipantVersionNumber: wanted.version,
      ...(wanted.branch !== undefined && { branch: wanted.branch }),
      ...(wanted.tags.length > 0 && { tags: wanted.tags }),
      ...(wanted.buildUrl !== undefined && { buildUrl: wanted.buildUrl }),
      contracts: wanted.contracts.map(({ provider, content }) => ({
        consumerName: wanted.name,
        providerName: provider,
        specification: 'pact',
        contentType: 'application/json',
        content: base64(content),
        onConflict: wanted.onConflict,
      })),
    })
    const links = isFields(answer['_links']) ? answer['_links']['pb:contracts'] : undefined
    return {
      notices: noticesOf(answer['notices'] ?? answer['logs']),
      urls: [links]
        .flat()
        .flatMap((one: unknown) => (isFields(one) && typeof one['href'] === 'string' ? [one['href']] : [])),
    }
  }

  /** Whether a version may go where it is meant to, by all that is known of its partners there. */
  async canIDeploy(question: MatrixQuestion): Promise<Deployable> {
    // The index names no link to it; Pact's own tools ask below the index, too.
    const path = `matrix?${matrixQuery(question)}`
    return deployableOf(await this.#known(question.pacticipant, () => this.#hal.ask('GET', path)), this.url)
  }

  /** What stands at the address, asked for once. */
  #root(): Promise<Fields> {
    this.#index ??= this.#hal.ask('GET', this.#hal.base)
    return this.#index
  }

  async #link(what: string, ...names: readonly string[]): Promise<Link> {
    const link = linkOf(await this.#root(), ...names)
    if (link !== undefined) return link
    throw brokerFailed(
      `${this.url} names no link for ${what} (${names[0]}), so it is no Pact Broker, or an old one`,
      'give the address of the index of a Pact Broker',
    )
  }

  /** Of the index; where the address is a pact's own, of the provider that the pact links to. */
  async #versionLink(pact: PactToVerify, ofIndex: string, ofProvider: string): Promise<Link | undefined> {
    const link = linkOf(await this.#root(), ofIndex)
    if (link !== undefined) return link
    const provider = linkOf(pact.content, 'pb:provider')
    return provider && linkOf(await this.#hal.ask('GET', provider.href), ofProvider)
  }

  async #known<T>(name: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof Refused && error.status === 404)
        throw brokerFailed(
          `${this.url} knows no ${JSON.stringify(name)}: ${error.message}`,
          'names are those of the Pact Broker, case counts; a provider is known from its first pact on',
        )
      throw error
    }
  }

  #reference(one: Fields): PactReference {
    const link = linkOf(one, 'self')
    if (link === undefined) throw brokerFailed(`${this.url} names a pact without a link to it`)
    const url = this.#hal.absolute(link.href)
    const properties = isFields(one['verificationProperties']) ? one['verificationProperties'] : {}
    return {
      name: link.name ?? shownUrl(url),
      url,
      pending: properties['pending'] === true,
      wip: properties['wip'] === true,
      notices: noticesOf(properties['notices']),
    }
  }

  #toVerify(reference: PactReference, content: Fields): PactToVerify {
    const results = linkOf(content, 'pb:publish-verification-results')
    return { ...reference, content, resultsUrl: results && this.#hal.absolute(results.href) }
  }
}

const base64 = (text: string): string => {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}
