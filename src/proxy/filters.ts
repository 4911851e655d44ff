/** The filters of a running proxy, with what each of them needs. Their order is pipeline.ts's. */
import { type Clock, chanceFor, realClock } from '../core/clock.ts'
import type { MockDialect } from '../core/dialect.ts'
import { lookBudget } from '../filters/contract/look.ts'
import { contractFilter } from '../filters/contract.ts'
import { faultFilter } from '../filters/fault.ts'
import { type JournalKeeper, journalFilter } from '../filters/journal.ts'
import { mockFilter, type Witness } from '../filters/mock.ts'
import { recordFilter } from '../filters/record.ts'
import { type TenantTools, tenantFilter } from '../filters/tenant.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import type { Recorder } from '../record/recorder.ts'
import type { Filters } from './pipeline.ts'

export interface FilterOptions {
  readonly index: MockIndex
  readonly protocols: readonly { readonly name: string; readonly dialect?: MockDialect | undefined }[]
  readonly recorder?: () => Recorder | undefined
  readonly clock?: Clock
  readonly seed?: number | undefined
  readonly witness?: Witness | undefined
  readonly journal?: JournalKeeper | undefined
}

/** Of calls that wait to be held against their contract, all together. */
const judgedBytes = 64 * 1024 * 1024

/** `tenants`: asked for each call. */
export const createFilters = (
  { protocols, index, clock = realClock, seed, recorder = nobody, witness, journal }: FilterOptions,
  tenants: () => TenantTools,
): Filters => {
  const dialects = new Map<string, MockDialect>(
    protocols.flatMap((protocol) =>
      protocol.dialect === undefined ? [] : [[protocol.name, protocol.dialect]],
    ),
  )
  const tools = { clock, chance: chanceFor(seed) }
  return {
    tenant: tenantFilter(tenants),
    ...(journal !== undefined && { journal: journalFilter(journal, clock) }),
    fault: faultFilter(tools),
    mock: mockFilter(index, dialects, tools, witness),
    contract: contractFilter(lookBudget(judgedBytes)),
    record: recordFilter(recorder),
  }
}

const nobody = (): undefined => undefined
