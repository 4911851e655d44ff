/** What became of the mocks of a package from one version to the next, by name. */
import type { PackagedMock } from './inspect.ts'

export interface NamedMock {
  readonly service: string
  readonly version: string | undefined
  readonly name: string
}

export interface ChangedMock extends NamedMock {
  /** Where it had another version of its service before. */
  readonly from?: string | undefined
}

export interface MockChanges {
  readonly added: readonly NamedMock[]
  readonly removed: readonly NamedMock[]
  readonly changed: readonly ChangedMock[]
}

/** A mock is the same by service and name; of several with one name, those of the same version belong together. */
export const mockChanges = (before: readonly PackagedMock[], after: readonly PackagedMock[]): MockChanges => {
  const changes = { added: [] as NamedMock[], removed: [] as NamedMock[], changed: [] as ChangedMock[] }
  const key = ({ service, name }: PackagedMock): string => JSON.stringify([service, name])
  const [old, now] = [Map.groupBy(before, key), Map.groupBy(after, key)]
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const gone = [...(old.get(name) ?? [])]
    const fresh = (now.get(name) ?? []).filter((mock) => {
      const at = gone.findIndex(({ version }) => version === mock.version)
      if (at < 0) return true
      const [same] = gone.splice(at, 1)
      if (same!.digest !== mock.digest) changes.changed.push(named(mock))
      return false
    })
    for (const mock of fresh) {
      const other = gone.shift()
      if (other === undefined) changes.added.push(named(mock))
      else changes.changed.push({ ...named(mock), from: other.version })
    }
    changes.removed.push(...gone.map(named))
  }
  for (const list of Object.values(changes)) list.sort(byName)
  return changes
}

const named = ({ service, version, name }: PackagedMock): NamedMock => ({ service, version, name })

const byName = (a: NamedMock, b: NamedMock): number => {
  const [left, right] = [a, b].map(({ service, name, version }) => `${service}\0${name}\0${version ?? ''}`)
  return left! < right! ? -1 : 1
}
