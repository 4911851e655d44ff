/**
 * Pact's comparison of what was expected with what there is: the specification's rules of version 2, 3 and 4. Requests
 * must be exactly what was said; replies and messages may say more.
 */
import { compareBodies } from './compare/body.ts'
import { type Context, type PactTools, problemsOf } from './compare/context.ts'
import { compareHeader, compareHeaders } from './compare/headers.ts'
import { compareTextLists, queryNames } from './compare/text-lists.ts'
import { isContentType, type PactMessage, type PactRequest, type PactResponse } from './file/parts.ts'
import { textOf } from './json-value.ts'
import type { RuleSet } from './matching-rules.ts'
import { fitsMediaType, parseMediaType } from './media-type.ts'
import type { Mismatch, MismatchKind } from './mismatch.ts'
import { root } from './path-expression.ts'
import { equal } from './rules/equality.ts'
import { regexTools } from './rules/regex-tools.ts'
import type { RuleTools } from './rules/rule.ts'

/** Made once; expressions and XML are read with it. */
export class PactMatcher {
  readonly ruleTools: RuleTools
  readonly #tools: PactTools

  constructor(tools: PactTools) {
    this.#tools = tools
    this.ruleTools = regexTools(tools.regex)
  }

  /** Empty: it matches. The expected side's rules are in force. */
  request(expected: PactRequest, actual: PactRequest): readonly Mismatch[] {
    const context = (rules: RuleSet): Context => this.#context(rules, true)
    return [
      ...sameMethod(expected.method, actual.method),
      ...compareOne('path', expected.path, actual.path, expected.rules.path),
      ...compareTextLists(expected.query, actual.query, context(expected.rules.query), queryNames),
      ...compareHeaders(expected.headers, actual.headers, context(expected.rules.header)),
      ...this.#bodies(expected, actual, true),
    ]
  }

  response(expected: PactResponse, actual: PactResponse): readonly Mismatch[] {
    return [
      ...compareOne('status', expected.status, actual.status, expected.rules.status),
      ...compareHeaders(expected.headers, actual.headers, this.#context(expected.rules.header, false)),
      ...this.#bodies(expected, actual, false),
    ]
  }

  message(expected: PactMessage, actual: PactMessage): readonly Mismatch[] {
    const context = this.#context(expected.rules.body, false)
    const side = ({ contents, metadata }: PactMessage) => ({
      body: contents,
      contentType: contentTypeOf(metadata),
    })
    return [...compareMetadata(expected, actual), ...compareBodies(side(expected), side(actual), context)]
  }

  #bodies(expected: PactRequest | PactResponse, actual: PactRequest | PactResponse, strict: boolean) {
    const header = (part: PactRequest | PactResponse): readonly string[] =>
      part.headers.get('content-type')?.values ?? []
    const [wanted, got] = [header(expected), header(actual)]
    const byRule = (): boolean => {
      const { rules } = this.#context(expected.rules.header, strict)
      return (
        rules.has([...root, 'content-type']) &&
        compareHeader('content-type', wanted, got, this.#context(rules, strict)).length === 0
      )
    }
    return compareBodies(
      { body: expected.body, contentType: wanted[0] },
      { body: actual.body, contentType: got[0] },
      this.#context(expected.rules.body, strict),
      byRule,
    )
  }

  #context(rules: RuleSet, strict: boolean): Context {
    return { rules, strict, ruleTools: this.ruleTools, tools: this.#tools }
  }
}

/** Methods have case in HTTP; Pact files of early versions wrote them in lower case. */
const sameMethod = (expected: string, actual: string): readonly Mismatch[] =>
  expected.toUpperCase() === actual.toUpperCase()
    ? []
    : [{ kind: 'method', path: '', expected, actual, message: `expected ${expected} but got ${actual}` }]

/** A path or a status: one value with one list of rules. */
const compareOne = (
  kind: MismatchKind,
  expected: string | number,
  actual: string | number,
  rules: RuleSet,
): readonly Mismatch[] => {
  const list = rules.only()
  const position = typeof expected === 'string' ? 'text' : 'json'
  const pair = { position, expected, actual } as const
  const problems = list === undefined ? [equal({ ...pair, cascaded: false })] : problemsOf(list, pair)
  return problems.flatMap((message) =>
    message === undefined ? [] : [{ kind, path: '', expected, actual, message }],
  )
}

const contentTypeOf = (metadata: ReadonlyMap<string, unknown>): string | undefined => {
  const given = [...metadata].find(([name]) => isContentType(name))?.[1]
  return typeof given === 'string' ? given : undefined
}

/** Entries that are not expected do not count: brokers add their own. */
const compareMetadata = (expected: PactMessage, actual: PactMessage): readonly Mismatch[] =>
  [...expected.metadata].flatMap(([name, wanted]): readonly Mismatch[] => {
    const at = { kind: 'metadata', path: name, expected: wanted } as const
    const got = isContentType(name)
      ? contentTypeOf(actual.metadata)
      : [...actual.metadata].find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
    // How the contents are told is compared with them.
    if (got === undefined)
      return isContentType(name) ? [] : [{ ...at, actual: null, message: `the metadata ${name} is missing` }]
    const list = expected.rules.metadata.at([...root, name])
    if (list === undefined && isContentType(name) && sameType(textOf(wanted), textOf(got))) return []
    const pair = { position: 'json', expected: wanted, actual: got } as const
    const problems = list === undefined ? [equal({ ...pair, cascaded: false })] : problemsOf(list, pair)
    return problems.flatMap((problem) =>
      problem === undefined ? [] : [{ ...at, actual: got, message: `the metadata ${name}: ${problem}` }],
    )
  })

const sameType = (expected: string, actual: string): boolean => {
  const [wanted, got] = [parseMediaType(expected), parseMediaType(actual)]
  if (wanted === undefined || got === undefined) return expected === actual
  return fitsMediaType(wanted, got)
}
