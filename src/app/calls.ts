/** The last calls of a running proxy, oldest first. */
import { findRunning } from '../control/find-running.ts'
import type { CallRecord } from './running.ts'

export const lastCalls = async (wish: {
  readonly root: string
  readonly pid: number | undefined
  readonly miss: boolean
}): Promise<readonly CallRecord[]> => (await findRunning(wish.root, wish.pid)).calls(wish.miss)
