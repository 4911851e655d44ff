/** `svc-mock run --contract`: what becomes of a run's use of its mocks when the command has ended. */
import { resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Receipt } from '../run/receipt.ts'
import { Usage } from './usage.ts'
import { type ContractChange, writeContracts } from './write-contracts.ts'

export interface HandOverWishes {
  /** Where contracts go, relative to the working directory. */
  readonly folder: string
  /** Keep what other runs of the same tests have written. */
  readonly merge: boolean
}

export type HandOver =
  | {
      readonly kind: 'written'
      readonly files: readonly ContractChange[]
      /** Calls that no contract holds, by reason. */
      readonly left: Readonly<Record<string, number>>
      readonly notes: readonly string[]
    }
  /** Why nothing was written, in words. */
  | { readonly kind: 'skipped'; readonly reason: string }

export class HandingOver {
  readonly usage: Usage
  readonly #wishes: HandOverWishes
  readonly #consumer: string
  readonly #strict: boolean

  /** Throws CONSUMER_UNNAMED, MASK_KEY_INVALID. */
  constructor(config: Config, wishes: HandOverWishes, env: Readonly<Record<string, string | undefined>>) {
    this.#consumer = consumerOf(config)
    this.#wishes = wishes
    this.#strict = config.strict
    this.usage = new Usage(config, env)
  }

  /** When no call is under way any more. Rejects with CONTRACT_NOT_WRITTEN. */
  async finish(exitCode: number, receipt: Receipt): Promise<HandOver> {
    if (exitCode !== 0) return { kind: 'skipped', reason: `the command ended with ${exitCode}` }
    if (this.#strict && !receipt.pure)
      return { kind: 'skipped', reason: 'under --strict each call must be answered by a mock' }
    const { used, left, notes } = await this.usage.finish()
    const folder = resolve(this.#wishes.folder)
    const files = await writeContracts(used, { folder, consumer: this.#consumer, merge: this.#wishes.merge })
    return { kind: 'written', files, left: { ...left, ...unmocked(receipt) }, notes }
  }
}

export const consumerOf = ({ name }: Pick<Config, 'name'>): string => {
  if (name !== undefined) return name
  throw new SvcMockError('CONSUMER_UNNAMED', 'svc-mock.yaml does not say who the consumer is')
}

/** What reached somebody else than a mock. */
const unmocked = ({ services, unknown, bypassed }: Receipt): Readonly<Record<string, number>> => {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)
  const counts = {
    'answered by the real service': sum(services.map(({ passthrough }) => passthrough)),
    'without a mock': sum(services.map(({ miss }) => miss)),
    failed: sum(services.map(({ error }) => error)),
    'to hosts that no service names': sum(unknown.map(({ calls }) => calls)),
    'past svc-mock': bypassed?.length ?? 0,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0))
}
