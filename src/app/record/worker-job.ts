/** What the recording thread is given when it starts: plain data. */
import type { RecordMode } from '../../record/fixture-store.ts'

export interface WorkerJob {
  readonly key: string
  readonly root: string
  /** Where fixtures go, absolute. */
  readonly folder: string
  readonly mode: RecordMode
  /** Request headers that count, lower case. */
  readonly headers: readonly string[]
  /** Names of fields that differ from call to call. */
  readonly volatile: readonly string[]
}
