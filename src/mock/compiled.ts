/** A mock ready to answer: everything checked, nothing left that could be invalid when a call comes. */

import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { Clause } from '../core/dialect.ts'
import type { Fault } from '../core/fault.ts'
import type { TextCondition } from '../core/matcher.ts'
import type { Reply, SingleReply } from '../core/reply.ts'
import type { Respond } from '../core/responder.ts'
import type { SourceLocation } from '../core/source.ts'
import { captureParams, type PathPattern } from './path-pattern.ts'
import type { ScriptClause } from './script-clause.ts'
import type { MockState } from './state.ts'

export interface CompiledMock {
  readonly kind: 'mock'
  readonly name: string
  readonly at: SourceLocation
  /** `file:line`, ready for the call's line. */
  readonly where: string
  readonly service: string
  /** undefined: belongs to every version of the service. */
  readonly version: string | undefined
  readonly protocol: string
  readonly priority: number
  readonly layer: number
  /** Position inside its file. */
  readonly position: number
  readonly method: string | undefined
  /** See CompiledRequest. */
  readonly methodKey: string
  readonly pattern: PathPattern
  /** See CompiledRequest. */
  readonly operation: string | undefined
  readonly params: ReadonlyMap<string, TextCondition>
  readonly clauses: readonly Clause[]
  /** Clauses of all conditions together, for the order. */
  readonly weight: number
  readonly needsBody: boolean
  /** Method and path are all it asks for, and its reply is constant. */
  readonly plain: boolean
  /** All it asks for is one value that the index hashes exactly: once found there, nothing is left to test. */
  readonly decided: boolean
  readonly respond: Respond
  /** Its own script has a say in whether it matches. */
  readonly script: ScriptClause | undefined
  /** The reply itself where it is the same for every call, nothing goes wrong with it, no state moves, no script is asked. */
  readonly constant: Reply | undefined
  /** What stands in `constant`, if that is little. */
  readonly text: string | undefined
  readonly asksUpstream: boolean
  /** Browsers are helped, and HEAD is answered as GET is: see MockFile.conveniences. */
  readonly convenient: boolean
  /** Its calls go to the real service, and replies come back, as if it were not there. */
  readonly untouched?: true
  /** undefined when only a call will tell. */
  readonly status: number | undefined
  /** See CompiledResponder. */
  readonly does: string | undefined
  /** The definition, as written: for comparing and for showing. */
  readonly request: unknown
  readonly fault: Fault | undefined
  /** false: it says `contract: false`, so its answers are held against nothing. */
  readonly promises?: false | undefined
  /** Of its own name: it takes the place of packages' mocks, or of the mock that it extends. undefined: of none. */
  readonly replaces: 'packaged' | 'base' | undefined
  /** What an answered call does to the tenant's state. */
  readonly step: MockState['step']
  /** Its conditions on state as texts: equal texts are equal conditions. */
  readonly stateKeys: readonly string[]
  /** What is special about it, for `list` and `explain`. */
  readonly notes: readonly string[]
  /** Place in the total order of its service: the lowest that matches wins. Set by the index. */
  rank: number
}

/**
 * The mock itself; of its reply nothing is decided here. Of a large library each object is a cache miss, and an answer needs three, one behind the other: the
 * mock, its reply, and the reply's text. Where the last two are asked for something at once, as here, the processor fetches them at once.
 */
export const fetched = (mock: CompiledMock): CompiledMock | undefined =>
  mock.text === undefined || mock.text.length + (mock.constant as SingleReply).status > 0 ? mock : undefined

/** Everything but method and path shape, which the index has already settled. */
export const holds = (
  mock: CompiledMock,
  call: Call,
  segments: readonly string[],
  body: DecodedBody | undefined,
): boolean => {
  if (mock.params.size > 0 && !paramsHold(mock, segments)) return false
  const clauses = mock.clauses
  for (let i = 0; i < clauses.length; i++) {
    if (!clauses[i]!.test(call, body)) return false
  }
  return true
}

const paramsHold = (mock: CompiledMock, segments: readonly string[]): boolean => {
  const values = captureParams(mock.pattern, segments)
  for (const [name, condition] of mock.params) {
    const value = values[name]
    if (!condition.test(value === undefined ? [] : [value])) return false
  }
  return true
}
