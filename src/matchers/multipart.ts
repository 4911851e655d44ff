/**
 * `multipart:` rules by part name. A rule is a body rule for the part, or an object of nothing but `headers`,
 * `filename` and `body`. Of several parts with one name it is enough that one satisfies the rule. `$any` and `$all` are lists of
 * rules for parts of whatever name: each holds for some part, or for every one.
 */

import type { DecodedBody } from '../core/body.ts'
import { type Fields, isFields } from '../core/fields.ts'
import { type BodyCondition, type Mismatch, SpecError, type TextCondition } from '../core/matcher.ts'
import { allValues } from '../core/metadata.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import type { Part } from '../core/multipart.ts'
import { shown } from '../core/secrets.ts'
import type { Scope } from './operator.ts'
import { atField } from './place.ts'
import { wrongOperand } from './spec.ts'

type Inner = Pick<Scope, 'text' | 'body'>

export const compileMultipart = (spec: unknown, inner: Inner): BodyCondition => {
  if (!isFields(spec)) throw wrongOperand('an object of parts by name', spec)
  return new Parts(
    collectMistakes(
      Object.keys(spec).flatMap((name) => {
        if (name !== '$any' && name !== '$all')
          return () => within([name], () => partRule(name, spec[name], inner))
        return listOf(name, spec[name]).map(
          (rule, i) => () => within([name, i], () => unnamedRule(name, rule, inner)),
        )
      }),
    ),
    spec,
  )
}

interface PartRule {
  /** `$any` and `$all` stand for parts of whatever name. */
  readonly name: string
  readonly every: boolean
  readonly unnamed: boolean
  /** The part must not be there. */
  readonly absent: boolean
  readonly tests: readonly PartTest[]
  readonly clauses: number
}

interface PartTest {
  readonly clauses: number
  test(part: Part): boolean
  mismatch(part: Part): Mismatch | undefined
}

const partKeys: ReadonlySet<string> = new Set(['headers', 'filename', 'body'])

const partRule = (name: string, spec: unknown, inner: Inner): PartRule => {
  if (isFields(spec) && Object.keys(spec).join() === '$absent' && spec['$absent'] === true)
    return { name, every: false, unnamed: false, absent: true, tests: [], clauses: 1 }
  const tests = isPartSpec(spec) ? [...partTests(spec, inner)] : [bodyTest(spec, inner)]
  const clauses = tests.reduce((sum, { clauses }) => sum + clauses, 0)
  return { name, every: false, unnamed: false, absent: false, tests, clauses }
}

const listOf = (name: string, spec: unknown): readonly unknown[] => {
  if (Array.isArray(spec) && spec.length > 0) return spec
  throw new SpecError(`${name} is a list of rules for parts`, [name])
}

const unnamedRule = (name: string, spec: unknown, inner: Inner): PartRule => {
  if (isFields(spec) && Object.keys(spec).length === 0)
    return { name, every: name === '$all', unnamed: true, absent: false, tests: [], clauses: 1 }
  return { ...partRule(name, spec, inner), every: name === '$all', unnamed: true }
}

const isPartSpec = (spec: unknown): spec is Fields =>
  isFields(spec) && Object.keys(spec).length > 0 && Object.keys(spec).every((key) => partKeys.has(key))

function* partTests(spec: Fields, inner: Inner): Generator<PartTest> {
  const headers = spec['headers'] ?? {}
  if (!isFields(headers)) throw new SpecError('headers is an object of headers by name', ['headers'])
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase()
    const condition = within(['headers', name], () => inner.text(headers[name]))
    yield textTest(condition, (part) => allValues(part.headers, lower), ['headers', name])
  }
  if ('filename' in spec) {
    const condition = within(['filename'], () => inner.text(spec['filename']))
    yield textTest(condition, (part) => (part.filename === undefined ? [] : [part.filename]), ['filename'])
  }
  if ('body' in spec) yield within(['body'], () => bodyTest(spec['body'], inner))
}

const textTest = (
  condition: TextCondition,
  read: (part: Part) => readonly string[],
  place: readonly string[],
): PartTest => ({
  clauses: condition.clauses,
  test: (part) => condition.test(read(part)),
  mismatch: (part) => {
    const found = condition.mismatch(read(part))
    return found && place.reduceRight((mismatch, name) => atField(name, mismatch), found)
  },
})

const bodyTest = (spec: unknown, inner: Inner): PartTest => {
  const condition = inner.body(spec)
  return {
    clauses: condition.clauses,
    test: (part) => condition.test(part.body),
    mismatch: (part) => condition.mismatch(part.body),
  }
}

class Parts implements BodyCondition {
  readonly clauses: number
  readonly equalities = []
  private readonly rules: readonly PartRule[]
  private readonly spec: Fields

  constructor(rules: readonly PartRule[], spec: Fields) {
    this.rules = rules
    this.spec = spec
    this.clauses = rules.reduce((sum, { clauses }) => sum + clauses, 0)
  }

  test(body: DecodedBody): boolean {
    const parts = body.multipart()
    return parts.ok && this.rules.every((rule) => holds(rule, parts.value))
  }

  mismatch(body: DecodedBody): Mismatch | undefined {
    const parts = body.multipart()
    if (!parts.ok) return { path: '', expected: this.describe(), actual: parts.problem }
    const rule = this.rules.find((each) => !holds(each, parts.value))
    if (rule === undefined) return undefined
    const named = parts.value.find(({ name }) => name === rule.name)
    const found = named && rule.tests.find((test) => !test.test(named))?.mismatch(named)
    return atField(rule.name, found ?? missing(rule, named))
  }

  describe(): string {
    return `parts ${shown(this.spec)}`
  }
}

const holds = (rule: PartRule, parts: readonly Part[]): boolean => {
  const passes = (part: Part): boolean =>
    (rule.unnamed || part.name === rule.name) && rule.tests.every((test) => test.test(part))
  if (rule.every) return parts.length > 0 && parts.every(passes)
  return parts.some(passes) !== rule.absent
}

const missing = (rule: PartRule, named: Part | undefined): Mismatch => ({
  path: '',
  expected: rule.absent ? 'absent' : 'a part of this name',
  actual: named === undefined ? 'absent' : 'a part of this name',
})
