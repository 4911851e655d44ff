/**
 * `svc-mock drift`: asks the real service once more for what fixtures have recorded, and tells what has changed. Replies go
 * the way of recording (decode, desensitize, describe) before anything looks at them, so that nothing real can be told.
 */
import { lookup } from 'node:dns/promises'
import type { Config } from '../../config/config.ts'
import { productionMatcher } from '../../config/guard.ts'
import type { Change } from '../../contract/drift/change.ts'
import { compareAnswers, type FileAnswer } from '../../contract/drift/compare-answers.ts'
import type { Checked, ContractReport, Violation } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Authority } from '../../core/service-entry.ts'
import { homeOf } from '../../proxy/services.ts'
import type { RecordedMock } from '../../record/fixture-set.ts'
import type { Kept } from '../../record/fixture-store.ts'
import { NoReply } from '../contract/ask-provider.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { libraryTools } from '../library-tools.ts'
import { requireMaskKey } from '../mask-key.ts'
import { MockLibrary } from '../mock-library.ts'
import { type Asked, Asker } from './asker.ts'
import { findingOf, isRefusal, operationOf } from './drift-findings.ts'
import { type Recording, recordingsOf, type WantedRecordings } from './recordings.ts'
import { Renewal } from './renewal.ts'

export interface DriftOptions extends WantedRecordings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly keyFile: string | undefined
  /** undefined: where svc-mock.yaml says that each service is. */
  readonly provider: URL | undefined
  readonly headers: readonly (readonly [string, string])[]
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  /** Ask also what changes something. */
  readonly unsafe: boolean
  /** Changed values alone do not count. */
  readonly shapeOnly: boolean
  /** Write what has changed into the fixtures. */
  readonly update: boolean
  readonly concurrency: number
  readonly timeoutMs: number
  readonly retries: number
  /** Called after each fixture. */
  readonly progress?: (done: number, all: number) => void
}

/** Why a fixture that has changed was left as it is. */
export interface KeptFixture {
  /** Relative to the workspace. */
  readonly file: string
  readonly operation: string
  readonly why: string
}

export interface DriftReport extends ContractReport {
  /** Files that were written anew, relative to the workspace. */
  readonly updated: readonly string[]
  readonly kept: readonly KeptFixture[]
}

/**
 * Rejects with MASK_KEY_MISSING, MASK_KEY_INVALID, POLICY_INVALID or LEDGER_INVALID as recording does; FLAG_INVALID;
 * PRODUCTION_REFUSED; PROVIDER_UNREACHABLE where nothing answers.
 */
export const drift = async (config: Config, options: DriftOptions): Promise<DriftReport> => {
  const startedAt = performance.now()
  const key = requireMaskKey({ env: options.env, keyFile: options.keyFile, root: config.root })
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  try {
    const library = MockLibrary.open(config, tools)
    const { recordings, left } = recordingsOf(config, library, options, key.id)
    const services = [...new Set(recordings.map(({ file }) => file.service))].sort()
    const homes = homesOf(config, services, options.provider)
    for (const home of new Set(homes.values())) await refuseProduction(config, home)
    const renewal = new Renewal(config, key, options.update)
    const run = new Drift(options, renewal)
    for (const reason of left) run.skip(reason)
    const asker = new Asker({ config, options, homes, library, definitions, ledger: renewal.ledger })
    try {
      await run.all(recordings, asker)
    } finally {
      asker.close()
    }
    const shown = new Set(recordings.map(({ file }) => file.display))
    return renewal.withoutReal({
      command: 'drift',
      against: [...homes].map(([service, home]) => `${service}: ${home.origin}`),
      checked: run.checked,
      findings: run.findings,
      skipped: Object.fromEntries(run.skipped),
      problems: library.problems().filter(({ at }) => shown.has(at.file)),
      durationMs: performance.now() - startedAt,
      updated: run.updated,
      kept: run.kept,
    })
  } finally {
    tools.scripts?.close()
  }
}

/** Where each service is. Throws FLAG_INVALID. */
const homesOf = (
  config: Config,
  services: readonly string[],
  provider: URL | undefined,
): ReadonlyMap<string, URL> => {
  if (provider !== undefined) {
    if (services.length > 1)
      throw new SvcMockError(
        'FLAG_INVALID',
        'it is not clear whose fixtures the provider is to be asked for',
        {
          hint: `--service takes one of: ${services.join(', ')}`,
        },
      )
    return new Map(services.map((service) => [service, provider]))
  }
  return new Map(
    services.map((name) => {
      const service = config.services.find((one) => one.name === name)
      const home = service === undefined ? undefined : homeOf(service)
      if (home === undefined)
        throw new SvcMockError('FLAG_INVALID', `nothing says where ${name} is`, {
          hint: `give --provider <url>, or write in svc-mock.yaml: services: { ${name}: { upstream: http://… } }`,
        })
      return [name, urlOf(home)]
    }),
  )
}

const urlOf = ({ scheme, host, port, basePath }: Authority): URL =>
  new URL(
    `${scheme === 'https' ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`,
  )

/** As calls are: by name, and by the address behind it. */
const refuseProduction = async ({ guard }: Config, { hostname }: URL): Promise<void> => {
  const names = productionMatcher(guard.production)
  const host = hostname.replace(/^\[|\]$/g, '')
  const addresses = guard.production.length === 0 ? [] : await lookup(host, { all: true }).catch(() => [])
  const pattern = [undefined, ...addresses.map(({ address }) => address)]
    .map((address) => names(host, address))
    .find((one) => one !== undefined)
  if (pattern !== undefined)
    throw new SvcMockError('PRODUCTION_REFUSED', `${host} is production: guard.production names ${pattern}`)
}

interface Compared {
  readonly recording: Recording
  /** Which of the answers in turn the new one is most like. */
  readonly answer: number
  readonly changes: readonly Change[]
}

class Drift {
  readonly checked: Checked[] = []
  readonly findings: Violation[] = []
  readonly skipped = new Map<string, number>()
  readonly updated: string[] = []
  readonly kept: KeptFixture[] = []
  readonly #options: DriftOptions
  readonly #renewal: Renewal
  /** Services of which nothing came, and why. */
  readonly #silent = new Map<string, string>()
  readonly #answered = new Set<string>()
  #done = 0

  constructor(options: DriftOptions, renewal: Renewal) {
    this.#options = options
    this.#renewal = renewal
  }

  async all(recordings: readonly Recording[], asker: Asker): Promise<void> {
    const asked = new Map<Recording, Asked>()
    const queue = [...recordings]
    const worker = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        const answer = await this.#ask(one, asker)
        if (answer !== undefined) asked.set(one, answer)
        this.#options.progress?.(++this.#done, recordings.length)
      }
    }
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker))
    this.#refuseSilence()
    // In the order of the files, whoever answered first, so that fakes are made in the same order each time.
    const answers = recordings.flatMap((one) => (asked.has(one) ? [[one, asked.get(one)!] as const] : []))
    const taken = answers.filter(([recording, { record }]) => {
      const reason = this.#renewal.take(recording, record)
      if (reason !== undefined) this.#cannot(recording, `its new answer cannot be compared: ${reason}`)
      return reason === undefined
    })
    const renewed = this.#renewal.settled()
    const compared = taken.flatMap(([recording, answer]) =>
      this.#compare(recording, answer, renewed.get(recording)),
    )
    if (this.#options.update) this.#update(compared)
    for (const one of compared) this.#tell(one)
  }

  async #ask(recording: Recording, asker: Asker): Promise<Asked | undefined> {
    const { service } = recording.file
    if (this.#silent.has(service)) {
      this.skip('service does not answer')
      return undefined
    }
    try {
      const asked = await asker.ask(recording)
      if ('cannot' in asked) {
        this.#cannot(recording, asked.cannot, asked.hint)
        return undefined
      }
      this.#answered.add(service)
      return asked
    } catch (error) {
      if (!(error instanceof NoReply)) throw error
      if (!this.#answered.has(service)) this.#silent.set(service, error.message)
      this.#add(recording, 'violation', 'no-reply', `the service gave no reply: ${error.message}`)
      return undefined
    }
  }

  #refuseSilence(): void {
    if (this.#answered.size > 0 || this.#silent.size === 0) return
    const [[service, why]] = [...this.#silent] as [[string, string]]
    throw new SvcMockError('PROVIDER_UNREACHABLE', `${service} does not answer: ${why}`, {
      hint: 'is it running? check --provider, or upstream in svc-mock.yaml',
    })
  }

  #compare(
    recording: Recording,
    { durationMs, record }: Asked,
    renewed: RecordedMock | undefined,
  ): Compared[] {
    const [now] = renewed?.answers ?? []
    if (now === undefined) {
      this.#cannot(recording, 'its new answer cannot be compared: a value in it cannot be masked')
      return []
    }
    const { file, definition, responses, readFile } = recording
    this.checked.push({
      name: definition.name,
      service: file.service,
      operation: operationOf(recording),
      at: definition.at,
      durationMs,
    })
    const after: FileAnswer = {
      response: now.response,
      readFile: (name) => (name === now.file?.name ? now.file.bytes : undefined),
    }
    const { volatile } = this.#renewal.policy
    const tries = responses.map((response, answer) => ({
      answer,
      changes: compareAnswers({ response, readFile }, after, {
        protocol: file.protocol,
        volatile,
        at: record.at,
      }),
    }))
    const best = tries.reduce((a, b) => (weight(b.changes) < weight(a.changes) ? b : a))
    return [{ recording, ...best }]
  }

  #update(compared: readonly Compared[]): void {
    const changed = compared.filter(({ changes }) => changes.length > 0)
    const wanted = changed.filter((one) => {
      const why = whyKept(one)
      if (why !== undefined) this.#keep(one, why)
      return why === undefined
    })
    const done = this.#renewal.write(new Set(wanted.map(({ recording }) => recording)))
    for (const one of wanted) {
      const { display } = one.recording.file
      const why = done.kept.get(one.recording.path)
      if (why !== undefined) this.#keep(one, keptWords[why])
      else if (!this.updated.includes(display)) this.updated.push(display)
    }
  }

  #keep({ recording }: Compared, why: string): void {
    this.kept.push({ file: recording.file.display, operation: operationOf(recording), why })
  }

  #tell({ recording, answer, changes }: Compared): void {
    const { display } = recording.file
    const operation = operationOf(recording)
    const isKept = this.kept.some((one) => one.file === display && one.operation === operation)
    for (const change of changes) {
      const finding = findingOf(recording, answer, change, this.#options)
      this.findings.push(this.#options.update && !isKept ? { ...finding, severity: 'note' } : finding)
    }
  }

  #cannot(recording: Recording, message: string, hint?: string): void {
    this.#add(recording, 'notVerifiable', 'not-asked', message, hint)
  }

  #add(
    recording: Recording,
    severity: Violation['severity'],
    rule: string,
    message: string,
    hint?: string,
  ): void {
    const { file, definition } = recording
    this.findings.push({
      severity,
      rule,
      service: file.service,
      version: file.version,
      operation: operationOf(recording),
      mock: definition.name,
      at: definition.at,
      path: '',
      message,
      ...(hint !== undefined && { hint }),
    })
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1)
  }
}

/** What changed in the interface weighs more than any number of values. */
const weight = (changes: readonly Change[]): number =>
  changes.reduce((sum, { shape }) => sum + (shape ? 1000 : 1), 0)

/** Before anything is written. */
const whyKept = ({ recording, changes }: Compared): string | undefined => {
  if (recording.responses.length > 1) return 'it answers in turn, and one call does not tell all answers'
  const status = changes.find(({ kind }) => kind === 'status')
  if (status !== undefined && !isRefusal(status.before) && isRefusal(status.after))
    return `the service refuses the call now (${String(status.after)})`
  return undefined
}

const keptWords: Readonly<Record<Kept, string>> = {
  edited: 'it has been edited',
  exists: 'it exists',
  none: 'it is not there any more',
  'real value': 'its name holds a real value',
  undecided: 'it has fields that nobody has decided about',
}
