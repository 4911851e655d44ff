/** What a test client may do with a running proxy: put mocks, look at the calls that came, move scenarios. */
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { initialState } from '../../core/tenant-state.ts'
import { type CompiledMock, holds } from '../../mock/compiled.ts'
import { missOf, type RankedMiss, rankedMisses } from '../../mock/near-miss.ts'
import { matchesPath, splitPath } from '../../mock/path-pattern.ts'
import type { CallProxy } from '../../proxy/proxy.ts'
import type { MockLibrary } from '../mock-library.ts'
import type { Journal, JournalEntry } from './journal.ts'
import { type AskedCall, keptCall } from './kept-call.ts'
import { type RunTimeFile, type RunTimeMock, RunTimeMocks } from './mocks.ts'

export interface ScenarioView {
  readonly name: string
  readonly state: string
  /** In the order in which mocks name them, the initial one first. */
  readonly possibleStates: readonly string[]
}

/** A condition on calls that were kept. */
export interface Probe {
  /** Those that meet it, in their order. */
  among(entries: readonly JournalEntry[]): Promise<readonly JournalEntry[]>
  /** Those that meet it not, nearest first. */
  nearest(entries: readonly JournalEntry[], count: number): Promise<readonly NearCall[]>
}

export interface NearCall {
  readonly entry: JournalEntry
  /** From 0 to 1. */
  readonly distance: number
}

export interface NearMock {
  /** undefined: it is a file's. */
  readonly id: string | undefined
  readonly mock: CompiledMock
  readonly distance: number
  readonly failed: RankedMiss['failed']
}

/** As it is at the moment. */
export interface RunTimePlace {
  readonly library: MockLibrary
  readonly proxy: Pick<CallProxy, 'entries' | 'tenancy' | 'tenant' | 'mocksChanged'>
}

export class RunTimeDesk {
  /** undefined: calls are not kept. */
  readonly journal: Journal | undefined
  readonly #place: RunTimePlace
  readonly #mocks: RunTimeMocks

  constructor(root: string, place: RunTimePlace, journal: Journal | undefined) {
    this.journal = journal
    this.#place = place
    this.#mocks = new RunTimeMocks(place.library, root, () => this.services())
  }

  /** Names of those that speak HTTP. */
  services(): readonly string[] {
    return this.#entries().map(({ name }) => name)
  }

  /** Returns what is wrong with it; then nothing has changed. */
  put(mock: RunTimeMock): readonly Problem[] {
    const problems = this.#mocks.put(mock)
    this.#place.proxy.mocksChanged()
    return problems
  }

  remove(ids: readonly string[]): void {
    this.#mocks.remove(ids)
    this.#place.proxy.mocksChanged()
  }

  /** The configuration has changed. */
  retarget(): void {
    this.#mocks.retarget()
  }

  idOf(where: string): string | undefined {
    return this.#mocks.idOf(where)
  }

  /** `file`: its mocks' `request`s are the condition, of which one must hold. Throws MOCK_FILE_INVALID, `details.problems`. */
  probe(file: RunTimeFile): Probe {
    const { mocks, problems } = this.#mocks.draft('any', file)
    if (mocks.length === 0) {
      const [first] = problems
      throw new SvcMockError('MOCK_FILE_INVALID', first?.message ?? 'the pattern cannot be used', {
        details: { problems },
        ...(first?.hint !== undefined && { hint: first.hint }),
      })
    }
    const measure = async (entry: JournalEntry): Promise<{ readonly miss?: RankedMiss }> => {
      const call = this.#callOf(entry, entry.service, entry.tenant)
      const needsBody = mocks.some((mock) => mock.needsBody)
      const body = needsBody ? await call.body.read(call.service.bodyLimit) : undefined
      const segments = splitPath(call.path)
      const fits = mocks.some(
        (mock) =>
          (mock.method === undefined || mock.method === call.method) &&
          matchesPath(mock.pattern, segments) &&
          holds(mock, call, segments, body),
      )
      if (fits) return {}
      const misses = mocks.map((mock) => missOf(mock, call, body))
      return { miss: misses.reduce((nearest, one) => (one.distance < nearest.distance ? one : nearest)) }
    }
    return {
      among: async (entries) => {
        const measured = await Promise.all(entries.map(measure))
        return entries.filter((_entry, i) => measured[i]!.miss === undefined)
      },
      nearest: async (entries, count) => {
        const measured = await Promise.all(entries.map(measure))
        return entries
          .flatMap((entry, i) => {
            const { miss } = measured[i]!
            return miss === undefined ? [] : [{ entry, distance: share(miss.distance) }]
          })
          .sort((a, b) => a.distance - b.distance)
          .slice(0, count)
      },
    }
  }

  /** The mocks of a service that come nearest to a call, nearest first. `service` undefined: of every service. */
  async nearestMocks(
    asked: AskedCall,
    { service, tenant }: { readonly service: string | undefined; readonly tenant: string | undefined },
    count: number,
  ): Promise<readonly NearMock[]> {
    const services = service === undefined ? this.services() : [service]
    const ranked = await Promise.all(
      services.map((name) =>
        rankedMisses(this.#place.library.index, this.#callOf(asked, name, tenant), count),
      ),
    )
    const seen = new Set<string>()
    return ranked
      .flat()
      .sort((a, b) => a.distance - b.distance)
      .map(({ mock, distance, failed }) => ({
        id: this.idOf(mock.where),
        mock,
        distance: share(distance),
        failed,
      }))
      .filter(({ id, mock }) => {
        // One that is every service's is one all the same.
        const key = id ?? mock.where
        return !seen.has(key) && seen.add(key)
      })
      .slice(0, count)
  }

  /** `tenant`: whose; undefined: of calls that say nothing themselves. */
  scenarios(tenant: string | undefined): readonly ScenarioView[] {
    const { state } = this.#tenant(tenant)
    const possible = new Map<string, Set<string>>()
    for (const { mocks } of this.#place.library.files()) {
      for (const { scenarioName, requiredScenarioState: required, newScenarioState: next } of mocks) {
        if (scenarioName === undefined) continue
        const states = possible.get(scenarioName) ?? new Set([initialState])
        possible.set(scenarioName, states)
        for (const one of [required, next]) if (one !== undefined) states.add(one)
      }
    }
    return [...possible].map(([name, states]) => ({
      name,
      state: state.scenario(name),
      possibleStates: [...states],
    }))
  }

  moveScenario(tenant: string | undefined, name: string, state: string): void {
    this.#tenant(tenant).state.moveTo(name, state)
  }

  /** Scenarios, the counts of their mocks and what their scripts keep begin again; `tenant` undefined: of all tenants. */
  resetScenarios(tenant: string | undefined): void {
    const names = this.#place.library.scenarios()
    for (const { id, state } of this.#place.proxy.tenancy.tenants.all()) {
      if (tenant === undefined || id === tenant) for (const name of names) state.reset(name)
    }
  }

  #entries(): readonly ServiceEntry[] {
    return this.#place.proxy.entries().filter(({ protocol }) => protocol === 'http')
  }

  #tenant(id: string | undefined) {
    const { proxy } = this.#place
    return id === undefined ? proxy.tenant : proxy.tenancy.tenants.of(id)
  }

  #callOf(asked: AskedCall, service: string, tenant: string | undefined) {
    const entries = this.#entries()
    const entry = entries.find(({ name }) => name === service) ?? entries[0]
    if (entry === undefined)
      throw new SvcMockError('CONFIG_INVALID', 'no service in svc-mock.yaml speaks HTTP')
    return keptCall(asked, entry, this.#tenant(tenant))
  }
}

/** Weights have no upper end. */
const share = (distance: number): number => Math.round((distance / (distance + 10)) * 10_000) / 10_000
