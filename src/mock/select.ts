/**
 * Selection: the one mock that answers a call, or none. Synchronous unless a candidate has to look at the
 * body, because the hot path must not wait.
 */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import { type Candidates, search } from './candidates.ts'
import { type CompiledMock, fetched } from './compiled.ts'
import type { MockIndex, ServiceMocks } from './mock-index.ts'
import { splitPath } from './path-pattern.ts'
import { candidatesAt, mocksAt, type Spot } from './trie.ts'

/** The version a call means: what it asks for itself, else the configured range. */
export const askedVersion = (call: Call): string | undefined => call.version ?? call.service.version

type Selected = CompiledMock | undefined | Promise<CompiledMock | undefined>

/** Which mock would answer; changes nothing. */
export const select = (index: MockIndex, call: Call): Selected => find(index, call, false)

/** Selects for a call that is answered: state moves in the same turn, so that no two calls take the same step. */
export const take = (index: MockIndex, call: Call): Selected => find(index, call, true)

const find = (index: MockIndex, call: Call, taking: boolean): Selected => {
  const mocks = index.service(call.service.name)
  if (mocks === undefined) return undefined
  const segments = splitPath(call.path)
  const trees = candidatesOf(mocks, call, segments)
  if (trees.length === 0) return undefined
  // Nothing else could answer it, and nothing of it is left to be asked: the case of most mocks, and of large libraries.
  if (trees.length === 1) {
    const only = trees[0]!
    if (only.plain) return fetched(only)
  }
  if (!trees.some((tree) => tree.needsBody)) return best(trees, call, segments, undefined, taking)
  const body = call.body.read(call.service.bodyLimit)
  if (body instanceof Promise) return body.then((decoded) => best(trees, call, segments, decoded, taking))
  return best(trees, call, segments, body, taking)
}

const best = (
  trees: readonly Candidates[],
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
  taking: boolean,
): Selected => {
  let found: CompiledMock | undefined
  for (let i = 0; i < trees.length; i++) found = search(trees[i]!, call, segments, body, found)
  // A mock with a script or a step has no constant reply, and `constant` is read for every call anyway.
  if (found === undefined) return found
  if (found.constant !== undefined) return fetched(found)
  const { script } = found
  // Whatever it says, the others may have moved while it was asked: the same call selects again, with its verdict known.
  if (script !== undefined && !script.agreed(call))
    return script.decide(call).then(() => best(trees, call, segments, body, taking))
  if (taking) found.step?.(call.tenant.state)
  return found
}

/** Of the satisfying versions the highest that has any mock of this method and path shape: its candidates only. */
const candidatesOf = (
  mocks: ServiceMocks,
  call: Call,
  segments: readonly string[],
): readonly Candidates[] => {
  for (const version of mocks.satisfying(askedVersion(call))) {
    const spots = version.trie.find(segments)
    if (spots.length === 0) continue
    const trees = treesOf(spots, answeredAs(call.method, spots))
    if (trees.length > 0) return trees
  }
  return none
}

/** HEAD without a mock of its own is answered as GET is, also where a mock of any method stands behind. */
export const answeredAs = (method: string, spots: readonly Spot[]): string =>
  method === 'HEAD' && !spots.some((spot) => candidatesAt(spot, 'HEAD') !== undefined) ? 'GET' : method

const none: readonly Candidates[] = []

const treesOf = (spots: readonly Spot[], method: string): readonly Candidates[] => {
  const trees: Candidates[] = []
  for (let i = 0; i < spots.length; i++) {
    const own = candidatesAt(spots[i]!, method)
    if (own !== undefined) trees.push(own)
    const any = candidatesAt(spots[i]!, '')
    if (any !== undefined) trees.push(any)
  }
  return trees
}

/** The methods that mocks have at this path, but for those without conveniences: decides about browsers' preflights. */
export const methodsAt = (index: MockIndex, call: Call): ReadonlySet<string> => {
  const methods = new Set<string>()
  const mocks = index.service(call.service.name)
  if (mocks === undefined) return methods
  const segments = splitPath(call.path)
  for (const version of mocks.satisfying(askedVersion(call))) {
    for (const spot of version.trie.find(segments)) {
      for (const mock of mocksAt(spot)) if (mock.convenient) methods.add(mock.method ?? '')
    }
    if (methods.size > 0) return methods
  }
  return methods
}
