/** What `list` needs to print; made by app/library.ts. */
import type { Mode } from '../core/service-entry.ts'

export interface ListedMock {
  readonly name: string
  /** `GET /orders/{id}`, `any /orders`. */
  readonly request: string
  /** `file:line`. */
  readonly at: string
  /** The library folder as shown to people: `./mocks`. */
  readonly library: string
  readonly priority: number
  /** `asks the real service, changes status`; undefined: it answers by itself. */
  readonly does: string | undefined
  /** What is special about it: state, sequences, faults. */
  readonly notes: readonly string[]
  /** `file:line` of mocks that always win over this one. */
  readonly overriddenBy: readonly string[]
}

export interface ListedVersion {
  /** undefined: files that name none. */
  readonly version: string | undefined
  /** False when the configured range leaves it out. */
  readonly used: boolean
  readonly mocks: readonly ListedMock[]
}

export interface ListedService {
  readonly name: string
  readonly protocol: string
  readonly mode: Mode
  readonly hosts: readonly string[]
  /** In words, if the service has one. */
  readonly fault: string | undefined
  /** false: TLS of its clients passes unread. */
  readonly intercepted: boolean
  /** The certificate of its upstream is not verified. */
  readonly insecure: boolean
  /** What its definitions say can be called, and no mock answers: `acme.Inventory/Get`. */
  readonly unmocked: readonly string[]
  /** The configured range. */
  readonly range: string | undefined
  readonly versions: readonly ListedVersion[]
  /** `upstream: embedded`. */
  readonly embedded: boolean
  /** What an embedded service begins with. */
  readonly presets: readonly { readonly name: string; readonly file: string }[]
}

export interface ListView {
  readonly services: readonly ListedService[]
  /** Services that mock files name and svc-mock.yaml does not. */
  readonly unconfigured: readonly string[]
}
