/** What a proxy is made with. */
import type { Config } from '../config/config.ts'
import type { Call } from '../core/call.ts'
import type { CallRecord } from '../core/call-record.ts'
import type { Clock } from '../core/clock.ts'
import type { ServiceContract } from '../core/contract.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Preset } from '../core/preset.ts'
import type { Protocol } from '../core/protocol.ts'
import type { JournalKeeper } from '../filters/journal.ts'
import type { Witness } from '../filters/mock.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import type { Recorder } from '../record/recorder.ts'
import type { CertificateAuthority } from '../tls/authority.ts'
import type { DialPolicy } from './dial.ts'

export interface ProxyOptions {
  readonly config: Config
  /** Hosts to which the upstream proxy is not asked. */
  readonly straight?: (host: string, port: number) => boolean
  readonly index: MockIndex
  readonly protocols: readonly Protocol[]
  call(record: CallRecord): void
  notice(text: string): void
  /** What takes calls of services in mode record; asked for each of them. */
  readonly recorder?: () => Recorder | undefined
  /** How the calls of services are read, by service. */
  readonly definitions?: ReadonlyMap<string, Definitions>
  /** What calls are held against while they pass, by service. */
  readonly contracts?: ReadonlyMap<string, ServiceContract>
  /** What embedded servers begin with, by service; asked again after `presetsChanged`. */
  readonly presets?: (service: string) => readonly Preset[]
  /** What faults wait by; default the real clock. */
  readonly clock?: Clock
  /** Makes what faults draw by lot repeat. */
  readonly seed?: number | undefined
  /** false: nothing is listened on, and connections are handed over to `inside`. */
  readonly listening?: boolean
  /** See DialPolicy. */
  readonly outside?: DialPolicy['outside']
  /** Told of each call that is over, before its record is. */
  readonly over?: ((call: Call, record: CallRecord) => void) | undefined
  /** Told of the calls that mocks answer; absent: nobody asks. */
  readonly witness?: Witness | undefined
  /** Who keeps calls, for assertions; absent: nobody does. */
  readonly journal?: JournalKeeper | undefined
  /** The authority by which TLS of clients is read; asked for at the first such connection. Throws SvcMockError. */
  readonly authority: () => CertificateAuthority
}
