/**
 * What a provider really answered while its own tests called it, held against the mocks whose conditions those calls meet: of each
 * library the one that would have answered. It takes the place of a contract in force: the proxy shows it each call and its reply
 * once they are over.
 */
import type { Call, Tenant } from '../../../core/call.ts'
import type { LiveContract, SeenBody, SeenReply } from '../../../core/contract.ts'
import { type Chosen, type PassiveProtocol, Unheld, type WholeReply } from '../passive-protocols/protocol.ts'
import type { ExercisedLibrary } from './exercised.ts'

export interface SeenCalls {
  /** Calls that were seen at all. */
  readonly calls: number
  /** Why calls were not held against anything, and how often. */
  readonly skipped: ReadonlyMap<string, number>
}

export class SeenReplies implements LiveContract {
  readonly #libraries: readonly ExercisedLibrary[]
  readonly #protocol: PassiveProtocol
  readonly #tenant: Tenant
  readonly #skipped = new Map<string, number>()
  readonly #bodies = new WeakMap<Call, Uint8Array | undefined>()
  readonly #pending = new Set<Promise<void>>()
  #calls = 0
  #replies = 0

  /** `tenant`: in whose state mocks are chosen; nothing changes it. */
  constructor(libraries: readonly ExercisedLibrary[], protocol: PassiveProtocol, tenant: Tenant) {
    this.#libraries = libraries
    this.#protocol = protocol
    this.#tenant = tenant
  }

  readsCall(): boolean {
    return false
  }

  readsReply(): boolean {
    return false
  }

  call(call: Call, { bytes }: SeenBody): readonly [] {
    this.#calls++
    this.#bodies.set(call, bytes)
    return []
  }

  reply(call: Call, reply: SeenReply): readonly [] {
    this.#replies++
    const body = this.#bodies.get(call)
    const { bytes } = reply
    if (body === undefined || bytes === undefined) this.#skip('calls that were not seen whole')
    else this.#seen(call, body, { ...reply, bytes })
    return []
  }

  /** When all calls are over. */
  async result(): Promise<SeenCalls> {
    await Promise.all(this.#pending)
    for (let n = this.#replies; n < this.#calls; n++) this.#skip('calls that got no reply')
    this.#replies = this.#calls
    return { calls: this.#calls, skipped: this.#skipped }
  }

  #seen(call: Call, body: Uint8Array, reply: WholeReply): void {
    const hold = (chosen: readonly Chosen[]): void => this.#hold(call, chosen, reply)
    try {
      const asked = this.#protocol.asked(call, body, this.#tenant)
      const chosen = this.#libraries.map(({ index }) => this.#protocol.choose(index, asked))
      if (chosen.some((one) => one instanceof Promise)) this.#wait(Promise.all(chosen).then(hold))
      else hold(chosen as readonly Chosen[])
    } catch (error) {
      this.#unheld(error)
    }
  }

  #hold(call: Call, chosen: readonly Chosen[], reply: WholeReply): void {
    let held = false
    for (const [i, mock] of chosen.entries()) {
      const library = this.#libraries[i]!
      const item = mock && library.promiseOf(mock)
      if (item === undefined) continue
      held = true
      // Nobody brought the service into the mock's state: what is not there is missing data.
      const { state: _unmet, ...contract } = item.contract
      library.add(item, this.#protocol.compare({ ...item, contract }, call, reply))
    }
    if (held) return
    const described = chosen.some((mock) => mock !== undefined)
    this.#skip(described ? 'calls whose mock promises nothing' : 'calls that no mock describes')
  }

  #wait(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#unheld(error))
      .then(() => void this.#pending.delete(done))
    this.#pending.add(done)
  }

  #unheld(error: unknown): void {
    this.#skip(error instanceof Unheld ? error.message : 'calls for which no mock could be chosen')
  }

  #skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
  }
}
