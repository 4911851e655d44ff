/**
 * What mocks promise, asked of a real service: in which order, how many at a time, in which state, and what is told of it.
 * How a call and a reply look is the protocols' (`provider-protocols/`).
 */
import type { Checked, Violation } from '../../contract/violation.ts'
import { SvcMockError } from '../../core/errors.ts'
import { NoReply } from './ask-provider.ts'
import { httpMock } from './http-mock.ts'
import { type Promised, statesOf } from './promises.ts'
import type { MockPath, ProviderFinding, ProviderProtocol } from './provider-protocols/protocol.ts'
import type { NamedState, StateSetup } from './provider-states.ts'

export interface VerificationOptions {
  readonly provider: URL
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  readonly states: StateSetup | undefined
  /** Send calls that change something although no state is named. */
  readonly unsafe: boolean
  /** Send what may be sent twice twice, and compare. */
  readonly idempotent: boolean
  readonly concurrency: number
  readonly failFast: boolean
  /** Called after each mock. */
  readonly progress?: (done: number, all: number) => void
}

/** Calls without any reply, when there never was one. */
const hopelessAfter = 10

export class Verification {
  readonly checked: Checked[] = []
  readonly findings: Violation[] = []
  readonly skipped = new Map<string, number>()
  stopped = false
  readonly #options: VerificationOptions
  readonly #protocols: ReadonlyMap<string, ProviderProtocol>
  #done = 0
  #replied = 0
  #lost = 0

  /** `protocols`: by name, all that items are of. */
  constructor(options: VerificationOptions, protocols: ReadonlyMap<string, ProviderProtocol>) {
    this.#options = options
    this.#protocols = protocols
  }

  /**
   * Those that need a state run one after the other, for one state may undo another; the rest beside each other. Rejects with
   * PROVIDER_UNREACHABLE where nothing answers.
   */
  async all(items: readonly Promised[]): Promise<void> {
    const [alone, together] = [
      items.filter(({ contract }) => contract.state !== undefined),
      items.filter(({ contract }) => contract.state === undefined),
    ]
    const queue = together.values()
    const worker = async (): Promise<void> => {
      for (const item of queue) await this.#one(item, items.length)
    }
    await Promise.all(Array.from({ length: this.#options.concurrency }, worker))
    for (const item of alone) await this.#one(item, items.length)
  }

  skip(reason: string): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1)
  }

  async #one(item: Promised, all: number): Promise<void> {
    if (this.stopped) return
    await this.#verify(item, this.#protocols.get(item.file.protocol)!)
    this.#done++
    this.#options.progress?.(this.#done, all)
    if (this.#options.failFast && this.findings.some(({ severity }) => severity === 'violation'))
      this.stopped = true
  }

  async #verify(item: Promised, protocol: ProviderProtocol): Promise<void> {
    const { contract } = item
    if (protocol.changesSomething(item) && contract.state === undefined && !this.#options.unsafe) {
      this.skip('changes something, and no state is named')
      return
    }
    const states = statesOf(item)
    if (states.length > 0 && this.#options.states === undefined) {
      this.#add(item, protocol, {
        severity: 'notVerifiable',
        rule: 'no-state-setup',
        path: [],
        message: `it needs the state ${JSON.stringify(states[0]!.name)}, and nothing brings the real service into it`,
        hint: 'give --state-url or --state-command',
      })
      return
    }
    const masked = Object.entries(contract.masked ?? {}).find(([fake]) => !this.#options.values.has(fake))
    if (masked !== undefined) {
      this.#add(item, protocol, {
        severity: 'notVerifiable',
        rule: 'no-request',
        path: ['contract', 'masked'],
        message: `it asks with ${masked[0]}, which stands for a ${masked[1]} that the real service would know`,
        hint: 'give the real value with --values',
      })
      return
    }
    const made = await protocol.requestOf(item)
    if ('notVerifiable' in made) {
      this.#add(item, protocol, {
        severity: 'notVerifiable',
        rule: 'no-request',
        path: made.path ?? ['request'],
        message: made.notVerifiable,
        hint: made.hint ?? 'say one under contract: { example: … }, or give real values with --values',
      })
      return
    }
    const startedAt = performance.now()
    await this.#inStates(item, protocol, states, () => this.#ask(item, protocol, made.request))
    this.checked.push({
      name: item.definition.name,
      ...consumerOf(item),
      service: item.file.service,
      operation: protocol.operationOf(item),
      at: item.definition.at,
      durationMs: performance.now() - startedAt,
    })
  }

  async #inStates(
    item: Promised,
    protocol: ProviderProtocol,
    states: readonly NamedState[],
    ask: () => Promise<void>,
  ): Promise<void> {
    const entered: NamedState[] = []
    try {
      for (const state of states) {
        try {
          await this.#options.states!.enter(state)
        } catch (error) {
          this.#add(item, protocol, {
            severity: 'notVerifiable',
            rule: 'state-failed',
            path: [],
            message: `the real service did not come into the state ${JSON.stringify(state.name)}: ${(error as Error).message}`,
          })
          return
        }
        entered.push(state)
      }
      await ask()
    } finally {
      for (const state of entered.reverse()) await this.#options.states!.leave(state)
    }
  }

  async #ask(item: Promised, protocol: ProviderProtocol, request: unknown): Promise<void> {
    try {
      const reply = await protocol.ask(request)
      this.#replied++
      for (const finding of protocol.compare(item, reply)) this.#add(item, protocol, finding)
      if (!this.#options.idempotent || !protocol.repeatable(item)) return
      const difference = protocol.difference(reply, await protocol.ask(request))
      if (difference === undefined) return
      this.#add(item, protocol, {
        severity: 'violation',
        rule: 'not-idempotent',
        path: ['response'],
        ...difference,
        message: `asked twice, the real service answers differently: ${difference.message}`,
      })
    } catch (error) {
      if (!(error instanceof NoReply)) throw error
      this.#noReply(item, protocol, error)
    }
  }

  #noReply(item: Promised, protocol: ProviderProtocol, { message, kind }: NoReply): void {
    this.#lost++
    // Nothing has ever come from there, and all the others would wait for nothing, too.
    const hopeless = kind === 'unreachable' || this.#lost >= hopelessAfter
    if (this.#replied === 0 && hopeless && !this.stopped) {
      this.stopped = true
      throw new SvcMockError(
        'PROVIDER_UNREACHABLE',
        `${this.#options.provider.origin} does not answer: ${message}`,
      )
    }
    this.#add(item, protocol, {
      severity: 'violation',
      rule: 'no-reply',
      path: ['response'],
      message: `the real service gave no reply: ${message}`,
    })
  }

  #add(item: Promised, protocol: ProviderProtocol, { path, ...words }: ProviderFinding): void {
    const { file, position, definition } = item
    const { locate } = httpMock(file, position, [])
    this.findings.push({
      ...consumerOf(item),
      service: file.service,
      version: item.contract.version ?? file.version,
      operation: protocol.operationOf(item),
      mock: definition.name,
      at: path.length === 0 ? definition.at : locate(path),
      path: pathText(path),
      ...words,
    })
  }
}

const consumerOf = ({ file }: Promised): { readonly consumer?: string } =>
  file.contract === undefined ? {} : { consumer: file.contract.consumer }

/** `response.body.items[0].sku`. */
const pathText = (path: MockPath): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
