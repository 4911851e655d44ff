/** Why a call is answered as it is: the winner, what it shadows and by which criterion, or the nearest misses. */
import type { Call } from '../core/call.ts'
import { SvcMockError } from '../core/errors.ts'
import { formatLocation } from '../core/source.ts'
import { type CompiledMock, holds } from './compiled.ts'
import type { MockIndex } from './mock-index.ts'
import { type NearMiss, nearMisses } from './near-miss.ts'
import { whyBefore } from './order.ts'
import { matchesPath, splitPath } from './path-pattern.ts'
import { answeredAs, askedVersion, select } from './select.ts'
import { mocksAt } from './trie.ts'
import { versionTest } from './versions.ts'

export interface MockView {
  readonly name: string
  /** `file:line:column`. */
  readonly at: string
  readonly version: string | undefined
  readonly priority: number
  /** `asks the real service, changes status`; undefined: it answers by itself. */
  readonly does: string | undefined
  /** What is special about it: state, sequences, faults. */
  readonly notes: readonly string[]
}

export interface Explanation {
  readonly asked: string | undefined
  /** Versions of the service that satisfy what is asked, highest first. */
  readonly versions: readonly string[]
  readonly winner: { readonly mock: CompiledMock; readonly view: MockView } | undefined
  /** Mocks that match too and never get this call; `because` completes "… wins because its …". */
  readonly shadowed: readonly (MockView & { readonly because: string })[]
  /** Mocks that would match, were scenarios or counts in another state. */
  readonly inOtherStates: readonly MockView[]
  /** Of those that were handed in, mocks that match and that the index does not have. */
  readonly outOfForce: readonly { readonly mock: CompiledMock; readonly view: MockView }[]
  readonly nearest: readonly NearMiss[]
}

/** `outOfForce`: mocks of the call's service that are not in the index. */
export const explain = async (
  index: MockIndex,
  call: Call,
  outOfForce: readonly CompiledMock[] = [],
): Promise<Explanation> => {
  const winner = await select(index, call)
  const mocks = index.service(call.service.name)
  const asked = askedVersion(call)
  const versions = mocks?.satisfying(asked).flatMap(({ version }) => version ?? []) ?? []
  const segments = splitPath(call.path)
  const used = mocks
    ?.satisfying(asked)
    .find(({ trie }) =>
      trie.find(segments).some((spot) => winner === undefined || mocksAt(spot).includes(winner)),
    )
  const spots = used?.trie.find(segments) ?? []
  const method = answeredAs(call.method, spots)
  const body =
    spots.length + outOfForce.length === 0 ? undefined : await call.body.read(call.service.bodyLimit)
  const others = spots
    .flatMap(mocksAt)
    .filter((mock) => mock !== winner && (mock.method === undefined || mock.method === method))
    .sort((a, b) => a.rank - b.rank)
  const holding: CompiledMock[] = []
  const inOtherStates: CompiledMock[] = []
  for (const mock of others) {
    if (!holds(stateless(mock), call, segments, body) || !(await agrees(mock, call))) continue
    ;(holds(mock, call, segments, body) ? holding : inOtherStates).push(mock)
  }
  return {
    asked,
    versions,
    winner: winner === undefined ? undefined : { mock: winner, view: view(winner) },
    shadowed:
      winner === undefined
        ? []
        : holding
            .filter(({ rank }) => rank > winner.rank)
            .map((mock) => ({ ...view(mock), because: whyBefore(winner, mock) })),
    inOtherStates: inOtherStates.map(view),
    outOfForce: outOfForce
      .filter((mock) => mock.method === undefined || mock.method === method)
      .filter((mock) => isAsked(mock, asked) && matchesPath(mock.pattern, segments))
      .filter((mock) => holds(stateless(mock), call, segments, body))
      .map((mock) => ({ mock, view: view(mock) })),
    nearest: winner === undefined ? await nearMisses(index, call) : [],
  }
}

const isAsked = ({ version }: CompiledMock, asked: string | undefined): boolean =>
  version === undefined || asked === undefined || versionTest(asked)(version)

/** The same mock without what it asks of the tenant's state, which stands last. */
const stateless = (mock: CompiledMock): CompiledMock =>
  mock.stateKeys.length === 0
    ? mock
    : { ...mock, clauses: mock.clauses.slice(0, mock.clauses.length - mock.stateKeys.length) }

/** Asks the scripts that selection had no need to ask. One that fails does not agree. */
const agrees = async ({ script }: CompiledMock, call: Call): Promise<boolean> => {
  if (script === undefined || script.agreed(call)) return true
  try {
    await script.decide(call)
  } catch (error) {
    if (error instanceof SvcMockError) return false
    throw error
  }
  return script.agreed(call)
}

const view = (mock: CompiledMock): MockView => ({
  name: mock.name,
  at: formatLocation(mock.at),
  version: mock.version,
  priority: mock.priority,
  does: mock.does,
  notes: mock.notes,
})
