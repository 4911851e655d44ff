/** One case as the specification's own tests write them: `{ match?, comment?, expected, actual }`. */
import { PartError, readMessage, readRequest, readResponse, type SpecVersion } from './file/parts.ts'
import { isFields, readJson, shown } from './json-value.ts'
import type { PactMatcher } from './match.ts'
import type { Mismatch } from './mismatch.ts'
import { RuleError } from './rules/rule.ts'

export const caseKinds = ['request', 'response', 'message'] as const
export type CaseKind = (typeof caseKinds)[number]

export const specVersions: readonly SpecVersion[] = [2, 3, 4]

export type CaseAnswer =
  | {
      readonly match: boolean
      readonly mismatches: readonly Mismatch[]
      /** What the case says of itself; it is only repeated. */
      readonly wanted?: boolean
    }
  | { readonly error: { readonly message: string; readonly hint?: string } }

/** What a case does not say. */
export interface CaseDefaults {
  readonly kind: CaseKind | undefined
  readonly spec: SpecVersion | undefined
}

/** Never throws for what stands in the text. */
export const matchCase = (text: string, defaults: CaseDefaults, matcher: PactMatcher): CaseAnswer => {
  const read = readJson(text.replace(/^\ufeff/, ''))
  if (!read.ok) return problem(`not valid JSON: ${read.problem}`)
  const { value } = read
  if (!isFields(value))
    return problem(`a case must be an object with expected and actual, not ${shown(value)}`)
  for (const key of ['expected', 'actual'])
    if (!isFields(value[key])) return problem(`${key} must be an object, not ${shown(value[key] ?? null)}`)
  const kind = kindOf(value['kind'] ?? defaults.kind, value['expected'])
  if (kind === undefined)
    return problem(`kind must be one of ${caseKinds.join(', ')}, not ${shown(value['kind'])}`)
  const spec = specOf(value['spec'] ?? defaults.spec ?? 4)
  if (spec === undefined) return problem(`spec must be 2, 3 or 4, not ${shown(value['spec'])}`)
  try {
    const mismatches = compare(kind, spec, value['expected'], value['actual'], matcher)
    const wanted = value['match']
    return { match: mismatches.length === 0, mismatches, ...(typeof wanted === 'boolean' && { wanted }) }
  } catch (error) {
    if (error instanceof PartError) return problem(error.message)
    if (error instanceof RuleError) return problem(error.message, error.hint)
    throw error
  }
}

const problem = (message: string, hint?: string): CaseAnswer => ({
  error: { message, ...(hint !== undefined && { hint }) },
})

/** Told by its keys, where nobody says. */
const kindOf = (given: unknown, expected: unknown): CaseKind | undefined => {
  if (given !== undefined) return caseKinds.find((kind) => kind === given)
  if (!isFields(expected)) return 'request'
  if ('status' in expected) return 'response'
  if ('contents' in expected || 'metadata' in expected || 'metaData' in expected) return 'message'
  return 'method' in expected || 'path' in expected || 'query' in expected ? 'request' : 'response'
}

const specOf = (given: unknown): SpecVersion | undefined =>
  specVersions.find((version) => version === given || String(version) === given)

const compare = (
  kind: CaseKind,
  spec: SpecVersion,
  expected: unknown,
  actual: unknown,
  matcher: PactMatcher,
): readonly Mismatch[] => {
  const tools = matcher.ruleTools
  if (kind === 'request')
    return matcher.request(readRequest(expected, spec, tools), readRequest(actual, spec, tools))
  if (kind === 'response')
    return matcher.response(readResponse(expected, spec, tools), readResponse(actual, spec, tools))
  return matcher.message(readMessage(expected, spec, tools), readMessage(actual, spec, tools))
}
