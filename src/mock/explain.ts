/** Why a call is answered as it is: the winner, what it shadows and by which criterion, or the nearest misses. */
import type { Call } from '../core/call.ts'
import { formatLocation } from '../core/source.ts'
import { type CompiledMock, holds } from './compiled.ts'
import type { MockIndex } from './mock-index.ts'
import { type NearMiss, nearMisses } from './near-miss.ts'
import { whyBefore } from './order.ts'
import { splitPath } from './path-pattern.ts'
import { answeredAs, askedVersion, select } from './select.ts'
import { mocksAt } from './trie.ts'

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
  readonly winner: MockView | undefined
  /** Mocks that match too and never get this call; `because` completes "… wins because its …". */
  readonly shadowed: readonly (MockView & { readonly because: string })[]
  readonly nearest: readonly NearMiss[]
}

export const explain = async (index: MockIndex, call: Call): Promise<Explanation> => {
  const winner = await select(index, call)
  const mocks = index.service(call.service.name)
  const asked = askedVersion(call)
  const versions = mocks?.satisfying(asked).flatMap(({ version }) => version ?? []) ?? []
  if (winner === undefined || mocks === undefined) {
    return { asked, versions, winner: undefined, shadowed: [], nearest: await nearMisses(index, call) }
  }
  const segments = splitPath(call.path)
  const body = await call.body.read(call.service.bodyLimit)
  const used = mocks
    .satisfying(asked)
    .find(({ trie }) => trie.find(segments).some((spot) => mocksAt(spot).includes(winner)))
  const spots = used?.trie.find(segments) ?? []
  const method = answeredAs(call.method, spots)
  const shadowed = spots
    .flatMap(mocksAt)
    .filter((mock) => mock !== winner && (mock.method === undefined || mock.method === method))
    .filter((mock) => mock.rank > winner.rank && holds(mock, call, segments, body))
    .sort((a, b) => a.rank - b.rank)
    .map((mock) => ({ ...view(mock), because: whyBefore(winner, mock) }))
  return { asked, versions, winner: view(winner), shadowed, nearest: [] }
}

const view = (mock: CompiledMock): MockView => ({
  name: mock.name,
  at: formatLocation(mock.at),
  version: mock.version,
  priority: mock.priority,
  does: mock.does,
  notes: mock.notes,
})
