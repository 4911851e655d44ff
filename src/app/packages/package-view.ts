/** What commands tell about mock packages. */
import type { Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockChanges } from './changes.ts'
import type { ReadyPackage } from './workspace-packages.ts'

export interface PackagedServiceView {
  readonly name: string
  readonly versions: readonly string[]
  readonly mocks: number
  /** svc-mock.yaml names it, so that its mocks are loaded. */
  readonly used: boolean
}

export interface PackageView {
  /** As in svc-mock.yaml. */
  readonly address: string
  readonly name: string
  readonly version: string
  /** null: it is not from git. */
  readonly commit: string | null
  readonly services: readonly PackagedServiceView[]
}

export interface AddView {
  readonly added: readonly PackageView[]
  /** Addresses that the new ones take the place of. */
  readonly replaced: readonly string[]
  /** To be committed. */
  readonly files: readonly string[]
}

export interface RemoveView {
  /** Addresses. */
  readonly removed: readonly string[]
  readonly files: readonly string[]
}

export interface InstallView {
  readonly installed: readonly PackageView[]
  /** Whether each was there already. */
  readonly unchanged: readonly PackageView[]
  /** Addresses that the lock did not know before. */
  readonly locked: readonly string[]
  /** Addresses that the lock knew and svc-mock.yaml does not name. */
  readonly unlocked: readonly string[]
  readonly lock: string
}

export interface OutdatedPackage {
  readonly address: string
  readonly name: string
  /** null: it is not locked yet. */
  readonly current: string | null
  /** What the address means now: a version, or of git a commit. */
  readonly wanted: string
  /** Of npm what stands outside the range, too. */
  readonly latest: string
  readonly state: 'current' | 'update' | 'newer outside the range'
}

export interface UpdatedPackage {
  readonly address: string
  readonly name: string
  /** null: it was not locked. */
  readonly from: string | null
  readonly to: string
  readonly changes: MockChanges
}

export interface UpdateView {
  readonly updated: readonly UpdatedPackage[]
  readonly unchanged: readonly { readonly name: string; readonly version: string }[]
  /** Of the workspace, since the update: overrides whose base has gone. */
  readonly problems: readonly Problem[]
  readonly files: readonly string[]
}

export const packageView = ({ address, locked, manifest }: ReadyPackage, config: Config): PackageView => ({
  address: address.text,
  name: locked.name,
  version: locked.version,
  commit: locked.commit ?? null,
  services: Object.entries(locked.services)
    .map(([name, versions]) => ({
      name,
      versions,
      mocks: manifest.services[name]?.mocks ?? 0,
      used: config.services.some((service) => service.name === name),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
})
