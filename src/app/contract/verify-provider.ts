/**
 * `svc-mock verify --provider`: each mock's call is sent to the real service, and what that answers is held against what the mock
 * answers, by contract rules. What cannot be proved is told apart from what is wrong.
 */
import type { Config } from '../../config/config.ts'
import { exactPaths } from '../../contract/provider/exact-paths.ts'
import { compareReply, type ReplyFinding } from '../../contract/provider/reply-rules.ts'
import type { Checked, ContractReport, Severity, Violation } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Problem } from '../../core/problem.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { dialects, libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { NoReply, Provider, type ProviderReply } from './ask-provider.ts'
import { httpMock, operationOf } from './http-mock.ts'
import { type Promised, promisesOf, statesOf } from './promises.ts'
import { requestOf } from './provider-request.ts'
import type { NamedState, StateSetup } from './provider-states.ts'
import { repliesOf } from './replies.ts'

export interface VerifyProviderOptions {
  readonly provider: URL
  /** Whose mocks; undefined: the only HTTP service that has some. */
  readonly service: string | undefined
  /** Semver range; undefined: all versions. */
  readonly version: string | undefined
  readonly headers: readonly (readonly [string, string])[]
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  readonly states: StateSetup | undefined
  /** Send calls that change something although no state is named. */
  readonly unsafe: boolean
  /** Send what may be sent twice twice, and compare. */
  readonly idempotent: boolean
  readonly concurrency: number
  readonly timeoutMs: number
  readonly retries: number
  readonly failFast: boolean
  /** Called after each mock. */
  readonly progress?: (done: number, all: number) => void
}

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const idempotentMethods: ReadonlySet<string> = new Set([...safe, 'PUT', 'DELETE'])

/** Rejects with FLAG_INVALID for a service that is none or not clear, PROVIDER_UNREACHABLE where nothing answers. */
export const verifyProvider = async (
  config: Config,
  options: VerifyProviderOptions,
): Promise<ContractReport & { readonly complete: boolean }> => {
  const startedAt = performance.now()
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  const provider = new Provider(options.provider, {
    timeoutMs: options.timeoutMs,
    retries: options.retries,
    connections: options.concurrency,
  })
  try {
    const library = new MockLibrary(config.root, config.library, tools)
    const service = serviceOf(config, library, options.service)
    const files = library.files().filter((file) => file.service === service)
    const verification = new Verification(config, options, library, provider)
    const { items, left } = promisesOf(library, files, options.version)
    for (const reason of left) verification.skip(reason)
    await verification.all(items)
    const paths = new Set(
      library
        .files()
        .filter((file) => file.service === service)
        .map((file) => file.display),
    )
    return {
      command: 'verify --provider',
      against: [`${service}: ${options.provider.origin}`],
      checked: verification.checked,
      findings: verification.findings,
      skipped: Object.fromEntries(verification.skipped),
      problems: library.problems().filter(({ at }: Problem) => paths.has(at.file)),
      durationMs: performance.now() - startedAt,
      complete: !verification.stopped && options.version === undefined,
    }
  } finally {
    provider.close()
    tools.scripts?.close()
  }
}

const serviceOf = (config: Config, library: MockLibrary, asked: string | undefined): string => {
  const names = [
    ...new Set(
      library
        .files()
        .filter(({ protocol }) => protocol === 'http')
        .map(({ service }) => service),
    ),
  ].sort()
  const known = names.includes(asked ?? '') || config.services.some(({ name }) => name === asked)
  if (asked !== undefined && known) return asked
  if (asked === undefined && names.length === 1) return names[0]!
  throw new SvcMockError(
    'FLAG_INVALID',
    asked === undefined
      ? 'it is not clear whose mocks the provider is to be asked'
      : `there is no service ${asked}`,
    { hint: `--service takes one of: ${names.join(', ') || 'none has HTTP mocks'}` },
  )
}

class Verification {
  readonly checked: Checked[] = []
  readonly findings: Violation[] = []
  readonly skipped = new Map<string, number>()
  stopped = false
  readonly #config: Config
  readonly #options: VerifyProviderOptions
  readonly #library: MockLibrary
  readonly #provider: Provider
  #done = 0
  #replied = 0

  constructor(config: Config, options: VerifyProviderOptions, library: MockLibrary, provider: Provider) {
    this.#config = config
    this.#options = options
    this.#library = library
    this.#provider = provider
  }

  /** Those that need a state run one after the other, for one state may undo another; the rest beside each other. */
  async all(items: readonly Promised[]): Promise<void> {
    const [alone, together] = [
      items.filter(({ contract }) => contract.state !== undefined),
      items.filter(({ contract }) => contract.state === undefined),
    ]
    const queue = [...together]
    const worker = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift())
        await this.#one(item, items.length)
    }
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker))
    for (const item of alone) await this.#one(item, items.length)
  }

  async #one(item: Promised, all: number): Promise<void> {
    if (this.stopped) return
    await this.#verify(item)
    this.#done++
    this.#options.progress?.(this.#done, all)
    if (this.#options.failFast && this.findings.some(({ severity }) => severity === 'violation'))
      this.stopped = true
  }

  async #verify(item: Promised): Promise<void> {
    const { mock, definition, contract } = item
    const method = mock.method ?? 'GET'
    if (!safe.has(method) && contract.state === undefined && !this.#options.unsafe) {
      this.skip('changes something, and no state is named')
      return
    }
    const states = statesOf(contract)
    if (states.length > 0 && this.#options.states === undefined) {
      this.#add(item, 'notVerifiable', {
        rule: 'no-state-setup',
        path: [],
        message: `it needs the state ${JSON.stringify(states[0]!.name)}, and nothing brings the real service into it`,
        hint: 'give --state-url or --state-command',
      })
      return
    }
    const made = await requestOf(mock, definition, {
      config: this.#config,
      index: this.#library.index,
      values: this.#options.values,
      headers: this.#options.headers,
    })
    if ('notVerifiable' in made) {
      this.#add(item, 'notVerifiable', {
        rule: 'no-request',
        path: ['request'],
        message: made.notVerifiable,
        hint: 'say one under contract: { example: … }, or give real values with --values',
      })
      return
    }
    const startedAt = performance.now()
    const entered: NamedState[] = []
    try {
      for (const state of states) {
        await this.#options.states!.enter(state)
        entered.push(state)
      }
      const reply = await this.#provider.ask(made.request)
      this.#replied++
      this.#compare(item, reply)
      if (this.#options.idempotent && idempotentMethods.has(method))
        this.#twice(item, reply, await this.#provider.ask(made.request))
    } catch (error) {
      if (entered.length < states.length) {
        const { name } = states[entered.length]!
        this.#add(item, 'notVerifiable', {
          rule: 'state-failed',
          path: [],
          message: `the real service did not come into the state ${JSON.stringify(name)}: ${(error as Error).message}`,
        })
      } else if (error instanceof NoReply) this.#noReply(item, error)
      else throw error
    } finally {
      for (const state of entered.reverse()) await this.#options.states!.leave(state)
    }
    this.checked.push({
      name: definition.name,
      service: item.file.service,
      operation: this.#operation(item),
      at: definition.at,
      durationMs: performance.now() - startedAt,
    })
  }

  #noReply(item: Promised, { message }: NoReply): void {
    // The first one that gets nothing would be followed by all the others.
    if (this.#replied === 0 && !this.stopped) {
      this.stopped = true
      throw new SvcMockError(
        'PROVIDER_UNREACHABLE',
        `${this.#options.provider.origin} does not answer: ${message}`,
      )
    }
    this.#add(item, 'violation', {
      rule: 'no-reply',
      path: ['response'],
      message: `the real service gave no reply: ${message}`,
    })
  }

  /** A mock may answer in turn: the real reply must be like one of them. */
  #compare(item: Promised, reply: ProviderReply): void {
    const { file, definition, contract } = item
    const dialect = dialects.get(file.protocol)!
    const { replies } = repliesOf(
      definition,
      dialect,
      responseFiles(file, () => undefined),
    )
    if (
      contract.state === undefined &&
      reply.status === 404 &&
      replies.every(({ status }) => status !== 404)
    ) {
      this.#add(item, 'dataMissing', {
        rule: 'not-found',
        path: ['response', 'status'],
        message: 'the real service does not have what the mock asks for',
        expected: String(replies[0]?.status ?? 200),
        actual: '404',
        hint: 'name what must be there: contract: { state: … }',
      })
      return
    }
    let isExact: (path: readonly (string | number)[]) => boolean
    try {
      isExact = exactPaths(contract.exact ?? [])
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      this.#add(item, 'violation', {
        rule: 'exact-path',
        path: ['contract', 'exact'],
        message: error.message,
        hint: error.hint,
      })
      return
    }
    const tries = replies.map((one) => ({ section: one.section, found: compareReply(one, reply, isExact) }))
    const best = tries.reduce<(typeof tries)[number] | undefined>(
      (a, b) => (a === undefined || violations(b.found) < violations(a.found) ? b : a),
      undefined,
    )
    for (const { undecided, path, ...words } of best?.found ?? [])
      this.#add(item, undecided === true ? 'notVerifiable' : 'violation', {
        ...words,
        path: [...best!.section, ...path],
      })
  }

  #twice(item: Promised, first: ProviderReply, second: ProviderReply): void {
    const found = compareReply({ ...first, templated: false }, second, () => false)
    if (violations(found) === 0) return
    const { message } = found[0]!
    this.#add(item, 'violation', {
      rule: 'not-idempotent',
      path: ['response'],
      message: `asked twice, the real service answers differently: ${message}`,
      expected: String(first.status),
      actual: String(second.status),
    })
  }

  #operation({ definition }: Promised): string {
    return operationOf(definition.request)
  }

  #add(item: Promised, severity: Severity, { path, ...words }: FindingWords): void {
    const { file, position, definition } = item
    const { locate } = httpMock(file, position, [])
    this.findings.push({
      severity,
      service: file.service,
      version: file.version,
      operation: this.#operation(item),
      mock: definition.name,
      at: path.length === 0 ? definition.at : locate(path),
      path: pathText(path),
      ...words,
    })
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1)
  }
}

type FindingWords = Pick<Violation, 'rule' | 'message' | 'expected' | 'actual' | 'hint'> & {
  readonly path: readonly (string | number)[]
}

const violations = (found: readonly ReplyFinding[]): number =>
  found.filter(({ undecided }) => undecided !== true).length

/** `response.body.items[0].sku`. */
const pathText = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
