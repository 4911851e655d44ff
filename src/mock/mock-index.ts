/**
 * All mocks, ready to be asked: service, then version, then path shape and method, then fields. Replacing a
 * file rebuilds its service only.
 */
import type { CompiledMock } from './compiled.ts'
import { compareMocks } from './order.ts'
import { PathTrie } from './trie.ts'
import { sortVersions, versionTest } from './versions.ts'

export interface VersionMocks {
  /** undefined: mocks of no version, asked when no version fits. */
  readonly version: string | undefined
  readonly trie: PathTrie
  /** By rank. */
  readonly mocks: readonly CompiledMock[]
}

/** Ranges that calls ask for are theirs to invent, so what is remembered of them is bounded. */
const rememberedRanges = 1_000

export class ServiceMocks {
  /** By rank, over all versions. */
  readonly mocks: readonly CompiledMock[]
  /** Highest first; the one without a version last. */
  readonly versions: readonly VersionMocks[]
  private readonly fitting = new Map<string, readonly VersionMocks[]>()

  constructor(mocks: readonly CompiledMock[]) {
    this.mocks = [...mocks].sort(compareMocks)
    this.mocks.forEach((mock, rank) => {
      mock.rank = rank
    })
    const named = sortVersions([...new Set(this.mocks.flatMap((mock) => mock.version ?? []))])
    const versions = named.map((version) => this.versionMocks(version))
    const unversioned = this.mocks.some((mock) => mock.version === undefined)
    this.versions = unversioned ? [...versions, this.versionMocks(undefined)] : versions
  }

  private versionMocks(version: string | undefined): VersionMocks {
    const trie = new PathTrie()
    const mocks = this.mocks.filter((mock) => mock.version === version || mock.version === undefined)
    for (const mock of mocks) trie.add(mock)
    return { version, trie, mocks }
  }

  /** Versions that satisfy what is asked, highest first; all of them when nothing is asked. */
  satisfying(asked: string | undefined): readonly VersionMocks[] {
    if (asked === undefined) return this.versions
    const known = this.fitting.get(asked)
    if (known !== undefined) return known
    const fits = versionTest(asked)
    const found = this.versions.filter(({ version }) => version === undefined || fits(version))
    if (this.fitting.size >= rememberedRanges) this.fitting.clear()
    this.fitting.set(asked, found)
    return found
  }
}

export class MockIndex {
  private readonly services = new Map<string, ServiceMocks>()

  constructor(mocks: readonly CompiledMock[] = []) {
    for (const [service, own] of Map.groupBy(mocks, (mock) => mock.service)) {
      this.services.set(service, new ServiceMocks(own))
    }
  }

  service(name: string): ServiceMocks | undefined {
    return this.services.get(name)
  }

  serviceNames(): readonly string[] {
    return [...this.services.keys()]
  }

  get size(): number {
    let size = 0
    for (const service of this.services.values()) size += service.mocks.length
    return size
  }

  /** Takes the mocks of these services from `mocks`, and leaves the others as they are. */
  replaceServices(names: ReadonlySet<string>, mocks: readonly CompiledMock[]): void {
    const byService = Map.groupBy(mocks, (mock) => mock.service)
    for (const name of names) {
      const own = byService.get(name)
      if (own === undefined) this.services.delete(name)
      else this.services.set(name, new ServiceMocks(own))
    }
  }
}
