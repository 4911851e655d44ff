/**
 * `svc-mock verify --pact`: each interaction of Pact files, or of the pacts that a Pact Broker names, is replayed against the
 * provider, and its reply held against what the consumer expects, by Pact's rules. Results go back to the broker.
 */
import { after, before } from '../../contract/formats/pact/broker/notices.ts'
import type { Fields } from '../../contract/formats/pact/json-value.ts'
import type { Checked, ContractReport, Violation } from '../../contract/violation.ts'
import { realChance } from '../../core/chance.ts'
import { SvcMockError } from '../../core/errors.ts'
import { Provider } from '../contract/ask-provider.ts'
import type { StateSetup } from '../contract/provider-states.ts'
import { createPactMatcher } from './matcher.ts'
import { checkedOf, findingsOf, resultOf } from './pact-findings.ts'
import { type GivenPact, gatherPacts, type SourceWishes } from './pact-sources.ts'
import { type Outcome, type Surroundings, type Verifiable, verifyInteraction } from './verify-interaction.ts'

export interface VerifyPactOptions {
  readonly sources: SourceWishes
  readonly provider: URL
  /** Where messages are asked for; undefined: the provider itself. */
  readonly messageUrl: URL | undefined
  readonly headers: readonly (readonly [string, string])[]
  readonly states: StateSetup | undefined
  readonly concurrency: number
  readonly timeoutMs: number
  readonly retries: number
  readonly failFast: boolean
  readonly publish: PublishWishes | undefined
  /** Of svc-mock. */
  readonly version: string
  /** What the broker wants people to read, as it comes. */
  readonly notice?: (text: string) => void
  /** Called after each interaction. */
  readonly progress?: (done: number, all: number) => void
}

export interface PublishWishes {
  /** Of the provider: a commit, mostly. */
  readonly version: string
  readonly buildUrl: string | undefined
}

export interface PactVerification extends ContractReport {
  readonly complete: boolean
  /** What the broker took. */
  readonly published: readonly { readonly pact: string; readonly success: boolean }[]
  readonly notices: readonly string[]
}

export interface PactVerified {
  readonly report: PactVerification
  /** Why results could not be published; the report holds all the same. */
  readonly failed: SvcMockError | undefined
}

/** Rejects as gatherPacts does, and with PROVIDER_UNREACHABLE where nothing answers. */
export const verifyPacts = async (options: VerifyPactOptions): Promise<PactVerified> => {
  const startedAt = performance.now()
  const matcher = createPactMatcher()
  const given = await gatherPacts(options.sources, matcher.ruleTools)
  const notices: string[] = []
  const notice = (texts: readonly { readonly text: string }[]): void => {
    for (const { text } of texts) {
      notices.push(text)
      options.notice?.(text)
    }
  }
  const ask = { timeoutMs: options.timeoutMs, retries: options.retries, connections: options.concurrency }
  const provider = new Provider(options.provider, ask)
  const messageUrl = options.messageUrl ?? options.provider
  const messages = new Provider(messageUrl, ask)
  const around: Surroundings = {
    matcher,
    tools: { chance: realChance, now: () => new Date(), ruleTools: matcher.ruleTools },
    provider,
    messages,
    messageQuery: messageUrl.search,
    headers: options.headers,
    states: options.states,
  }
  const run = new Run(options, around)
  try {
    for (const { origin } of given.pacts) notice(before(origin?.pact.notices ?? []))
    await run.all(given.pacts)
    const sent = await publish(given.provider, given.pacts, run, options)
    for (const { origin, pact } of given.pacts) {
      const results = run.resultsOf(pact)
      if (origin !== undefined && results.length > 0)
        notice(after(origin.pact.notices, results.every(succeeded), sent.done.has(pact)))
    }
    const skipped = { ...given.left }
    for (const { pact } of given.pacts)
      for (const one of pact.interactions)
        if (one.kind === 'other') skipped[one.what] = (skipped[one.what] ?? 0) + 1
    const report: PactVerification = {
      command: 'verify --pact',
      against: [`${given.provider}: ${options.provider.origin}`],
      checked: run.checked,
      findings: run.findings,
      skipped,
      problems: given.problems,
      durationMs: performance.now() - startedAt,
      complete: !run.stopped && given.problems.length === 0 && options.sources.consumers.length === 0,
      published: sent.published,
      notices,
    }
    return { report, failed: sent.failed }
  } finally {
    provider.close()
    messages.close()
  }
}

interface Result {
  readonly interaction: Verifiable
  readonly outcome: Outcome
}

const succeeded = ({ outcome }: Result): boolean =>
  outcome.mismatches.length === 0 && outcome.failure === undefined

interface Item {
  readonly interaction: Verifiable
  readonly given: GivenPact
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

class Run {
  readonly checked: Checked[] = []
  readonly findings: Violation[] = []
  stopped = false
  readonly #options: VerifyPactOptions
  readonly #around: Surroundings
  readonly #results = new Map<unknown, Result[]>()
  #replied = false
  #done = 0

  constructor(options: VerifyPactOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
  }

  resultsOf(pact: unknown): readonly Result[] {
    return this.#results.get(pact) ?? []
  }

  /** What sets up states, or changes something, goes one after the other, in the order of the files; what only reads, beside each other. */
  async all(pacts: readonly GivenPact[]): Promise<void> {
    const items = pacts.flatMap((given) =>
      given.pact.interactions.flatMap((one): readonly Item[] =>
        one.kind === 'other' ? [] : [{ interaction: one, given }],
      ),
    )
    const reads = ({ interaction }: Item): boolean =>
      this.#around.states === undefined &&
      interaction.kind === 'http' &&
      safe.has(interaction.request.method.toUpperCase())
    const together = items.filter(reads)
    const worker = async (): Promise<void> => {
      for (let item = together.shift(); item !== undefined; item = together.shift())
        await this.#one(item, items.length)
    }
    const alone = items.filter((item) => !reads(item))
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker))
    for (const item of alone) await this.#one(item, items.length)
  }

  async #one({ interaction, given }: Item, all: number): Promise<void> {
    if (this.stopped) return
    const startedAt = performance.now()
    const outcome = await verifyInteraction(interaction, given.pact.consumer, this.#around)
    // The first one that gets nothing would be followed by all the others.
    if (outcome.failure?.rule === 'no-reply' && !this.#replied) {
      if (this.stopped) return
      this.stopped = true
      const { message } = outcome.failure
      throw new SvcMockError('PROVIDER_UNREACHABLE', `${this.#options.provider.origin}: ${message}`)
    }
    if (outcome.failure?.rule !== 'state-failed') this.#replied = true
    const list = this.#results.get(given.pact) ?? []
    list.push({ interaction, outcome })
    this.#results.set(given.pact, list)
    this.checked.push(checkedOf(interaction, given, performance.now() - startedAt))
    this.findings.push(...findingsOf(interaction, given, outcome))
    this.#done++
    this.#options.progress?.(this.#done, all)
    if (this.#options.failFast && this.findings.some(({ severity }) => severity === 'violation'))
      this.stopped = true
  }
}

/**
 * One result for each pact of a broker. A pact that was not verified as a whole may have failed, but it has not succeeded: then nothing is
 * said of it.
 */
const publish = async (
  provider: string,
  pacts: readonly GivenPact[],
  run: Run,
  { publish: wishes, sources, version }: VerifyPactOptions,
) => {
  const done = new Set<unknown>()
  const published: { readonly pact: string; readonly success: boolean }[] = []
  let failed: SvcMockError | undefined
  const { branch, tags } = sources.broker
  let described = false
  for (const { pact, origin } of wishes === undefined ? [] : pacts) {
    const results = run.resultsOf(pact)
    if (origin === undefined || results.length === 0) continue
    const success = results.every(succeeded)
    const whole = results.length === pact.interactions.length && pact.problems.length === 0
    if (success && !whole) continue
    try {
      if (!described)
        await origin.broker.describeVersion(
          { name: provider, version: wishes!.version, branch, tags },
          origin.pact,
        )
      described = true
      await origin.broker.publishResult(origin.pact, {
        success,
        providerVersion: wishes!.version,
        buildUrl: wishes!.buildUrl,
        testResults: results.map(({ interaction, outcome }): Fields => resultOf(interaction, outcome)),
        verifierVersion: version,
      })
      done.add(pact)
      published.push({ pact: origin.pact.name, success })
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      failed ??= error
    }
  }
  return { done, published, failed }
}
