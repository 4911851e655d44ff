/**
 * Selection: the one mock that answers a call, or none. Synchronous unless a candidate has to look at the
 * body, because the hot path must not wait.
 */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import { type Candidates, search } from './candidates.ts'
import type { CompiledMock } from './compiled.ts'
import type { MockIndex, ServiceMocks } from './mock-index.ts'
import { splitPath } from './path-pattern.ts'
import { candidatesAt, methodsOf, type Spot } from './trie.ts'

/** The version a call means: what it asks for itself, else the configured range. */
export const askedVersion = (call: Call): string | undefined => call.version ?? call.service.version

export const select = (
  index: MockIndex,
  call: Call,
): CompiledMock | undefined | Promise<CompiledMock | undefined> => {
  const mocks = index.service(call.service.name)
  if (mocks === undefined) return undefined
  const segments = splitPath(call.path)
  const trees = candidatesOf(mocks, call, segments)
  if (trees.length === 0) return undefined
  if (!trees.some((tree) => tree.needsBody)) return decided(trees, call, segments, undefined)
  const body = call.body.read(call.service.bodyLimit)
  if (body instanceof Promise) return body.then((decoded) => decided(trees, call, segments, decoded))
  return decided(trees, call, segments, body)
}

/** The best mock, if it has a script then the best whose script agrees: each that does not counts as failed from then on. */
const decided = (
  trees: readonly Candidates[],
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
): CompiledMock | undefined | Promise<CompiledMock | undefined> => {
  const found = best(trees, call, segments, body)
  if (found?.decide === undefined) return found
  return found.decide(call).then((holds) => (holds ? found : decided(trees, call, segments, body)))
}

const best = (
  trees: readonly Candidates[],
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
): CompiledMock | undefined => {
  let found: CompiledMock | undefined
  for (let i = 0; i < trees.length; i++) found = search(trees[i]!, call, segments, body, found)
  return found
}

/**
 * Of the satisfying versions the highest that has any mock of this method and path shape: its candidates
 * only. HEAD without a mock of its own is answered by GET's.
 */
const candidatesOf = (
  mocks: ServiceMocks,
  call: Call,
  segments: readonly string[],
): readonly Candidates[] => {
  for (const version of mocks.satisfying(askedVersion(call))) {
    const spots = version.trie.find(segments)
    if (spots.length === 0) continue
    const own = treesOf(spots, call.method)
    if (own.length > 0) return own
    if (call.method === 'HEAD') {
      const get = treesOf(spots, 'GET')
      if (get.length > 0) return get
    }
  }
  return none
}

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

/** Whether any mock has this path, whatever its method: decides about browsers' preflights. */
export const methodsAt = (index: MockIndex, call: Call): ReadonlySet<string> => {
  const methods = new Set<string>()
  const mocks = index.service(call.service.name)
  if (mocks === undefined) return methods
  const segments = splitPath(call.path)
  for (const version of mocks.satisfying(askedVersion(call))) {
    for (const spot of version.trie.find(segments)) {
      for (const method of methodsOf(spot)) methods.add(method)
    }
    if (methods.size > 0) return methods
  }
  return methods
}
