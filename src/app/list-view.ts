/** What `list` needs to print; made by app/library.ts. */
import type { Mode } from '../core/service-entry.ts'

export interface ListedMock {
  readonly name: string
  /** `GET /orders/{id}`, `any /orders`. */
  readonly request: string
  /** `file:line`. */
  readonly at: string
  /** The same for people; inside a package by its name: `@acme/orders-mocks@1.4.2 orders/1.4.0/found.yaml:3`. */
  readonly place: string
  /** The library folder as shown to people: `./mocks`. */
  readonly library: string
  /** The package that it comes from: `@acme/orders-mocks@1.4.2`. */
  readonly from: string | undefined
  readonly priority: number
  /** `asks the real service, changes status`; undefined: it answers by itself. */
  readonly does: string | undefined
  /** What is special about it: state, sequences, faults. */
  readonly notes: readonly string[]
  /** The mock that it is made of: `orders: order is found (<place>)`. */
  readonly extends: string | undefined
  /** Places of the mocks in whose place it stands. */
  readonly inPlaceOf: readonly string[]
  /** Places of mocks that always win over this one. */
  readonly overriddenBy: readonly string[]
  /** Why it does not answer: overridden by name, or disabled, and where. */
  readonly outOfForce: string | undefined
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
