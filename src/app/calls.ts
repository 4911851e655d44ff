/** The last calls of a running proxy, oldest first. */
import { findRunning } from '../control/find-running.ts'
import type { CallFilter, CallRecord } from './running.ts'

export interface CallsWish extends CallFilter {
  readonly root: string
  readonly pid: number | undefined
}

export const lastCalls = async ({ root, pid, ...filter }: CallsWish): Promise<readonly CallRecord[]> =>
  (await findRunning(root, pid)).calls(filter)
