/** What a running proxy is made of. */
import type { CallProxy } from '../proxy/proxy.ts'
import type { CallLog } from './call-log.ts'
import type { LiveContracts } from './contract/live-contracts.ts'
import type { ServiceDefinitions } from './definitions.ts'
import type { Drills } from './drills.ts'
import type { Listeners } from './listeners.ts'
import type { MockLibrary } from './mock-library.ts'
import type { RecorderSlot } from './record/recorder-slot.ts'
import type { Journal } from './run-time/journal.ts'

export interface RunningParts {
  readonly library: MockLibrary
  readonly definitions: ServiceDefinitions
  readonly contracts: LiveContracts
  readonly log: CallLog
  readonly listeners: Listeners
  readonly proxy: CallProxy
  readonly drills: Drills
  readonly recorder: RecorderSlot
  /** undefined: calls are not kept. */
  readonly journal: Journal | undefined
}
