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
  /** Of its quarantine, absolute; undefined: there is no place for one. */
  readonly quarantine: string | undefined
  readonly onQuarantine: 'retry' | 'drop'
  /** Operations with fields that nobody has decided about are not written. */
  readonly strict: boolean
  /** Nothing is written; what would have to be decided is told in detail. */
  readonly learn: boolean
}
