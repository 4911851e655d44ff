/** Two packages that hold the same version of the same service: which one answers would depend on their order alone. */

export interface Holding {
  /** As written in svc-mock.yaml. */
  readonly address: string
  readonly name: string
  readonly version: string
  /** Versions by service; none: its mocks say no version. */
  readonly services: Readonly<Record<string, readonly string[]>>
}

export interface Conflict {
  readonly first: Holding
  readonly second: Holding
  readonly service: string
  /** undefined: mocks without a version. */
  readonly version: string | undefined
}

/** Of services that are `used`; one conflict for each two packages. */
export const conflicts = (packages: readonly Holding[], used: ReadonlySet<string>): readonly Conflict[] =>
  packages.flatMap((second, i) =>
    packages.slice(0, i).flatMap((first) => conflictOf(first, second, used) ?? []),
  )

const conflictOf = (first: Holding, second: Holding, used: ReadonlySet<string>): Conflict | undefined => {
  for (const [service, versions] of Object.entries(second.services)) {
    if (!used.has(service) || !Object.hasOwn(first.services, service)) continue
    const others = first.services[service]!
    if (versions.length === 0 && others.length === 0) return { first, second, service, version: undefined }
    const version = versions.find((one) => others.includes(one))
    if (version !== undefined) return { first, second, service, version }
  }
  return undefined
}
