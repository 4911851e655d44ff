/** What a proxy is started with. */
import type { Config } from '../config/config.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import type { Call } from '../core/call.ts'
import type { CallRecord } from '../core/call-record.ts'
import type { Clock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Witness } from '../filters/mock.ts'
import type { MockLibrary } from './mock-library.ts'
import type { RecordWishes } from './record/open-recorder.ts'

export interface StartOptions {
  readonly config: Config
  /** Reads the configuration again after a change of its files; absent: it stays as it is. */
  readonly reload?: () => LoadedConfig
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight?: (host: string, port: number) => boolean
  /** false: files are not watched. */
  readonly watch?: boolean
  /** Makes chance repeat: what faults draw by lot, and what scripts are given. */
  readonly seed?: number | undefined
  /** Drills to begin with. */
  readonly drills?: readonly string[] | undefined
  /** What faults and drills wait by; default the real clock. */
  readonly clock?: Clock
  /** Cases whose fixtures are in force, besides those without one; none: all. */
  readonly cases?: readonly string[] | undefined
  /** How calls are recorded, if they are; default: with nothing of the environment, so that there is no key. */
  readonly record?: RecordWishes
  /** Who wants to know what mocks were used for. */
  readonly witness?: ((library: MockLibrary) => Witness) | undefined
  /** What calls are held against, by service, in place of what svc-mock.yaml enforces. */
  readonly contracts?: ReadonlyMap<string, ServiceContract>
  /** false: it listens nowhere; see CallProxy.inside. */
  readonly listening?: boolean
  /** Runs what opens a connection, where this process's own are intercepted. */
  readonly outside?: <T>(connect: () => T) => T
  /** Told of each call that is over, before its record is. */
  readonly over?: (call: Call, record: CallRecord) => void
  /** Ends the recording that close() would finish. */
  readonly stop?: AbortSignal
}
