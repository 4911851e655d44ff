/** Puts scenarios and counts of a running proxy back to where they began. */
import { findRunning } from '../control/find-running.ts'
import type { ResetCounts } from './running.ts'

export interface ResetTarget {
  readonly root: string
  readonly pid: number | undefined
  /** undefined: everything. */
  readonly scenario: string | undefined
  /** undefined: of all tenants. */
  readonly tenant: string | undefined
}

export const reset = async ({ root, pid, scenario, tenant }: ResetTarget): Promise<ResetCounts> =>
  (await findRunning(root, pid)).reset(scenario, tenant)
