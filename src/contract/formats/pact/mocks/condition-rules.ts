/** A condition of a mock as Pact's rules, and a value that meets it where the condition names one. */

import { type Fields, isFields } from '../json-value.ts'
import { formatPath, type Path, root } from '../path-expression.ts'
import { escapeText } from '../rules/escape-text.ts'

export interface ReadCondition {
  /** On the value itself. */
  readonly rules: readonly Fields[]
  /** In a body: by path expression. */
  readonly byPath: Readonly<Record<string, readonly Fields[]>>
  /** Nothing must be there. */
  readonly absent: boolean
  /** Whether `value` meets the condition. */
  readonly known: boolean
  readonly value: unknown
  /** Operators that Pact has no rule for. */
  readonly notes: readonly string[]
}

const nothing: ReadCondition = {
  rules: [],
  byPath: {},
  absent: false,
  known: false,
  value: undefined,
  notes: [],
}

const samples: Readonly<Record<string, unknown>> = {
  string: 'text',
  number: 1.5,
  integer: 1,
  boolean: true,
  null: null,
}

export const conditionRules = (condition: unknown, position: 'text' | 'body'): ReadCondition => {
  if (position === 'text') return ofValue(condition)
  const byPath: Record<string, readonly Fields[]> = {}
  const notes: string[] = []
  const whole = walk(root, condition, byPath, notes)
  return { ...whole, byPath, notes }
}

const walk = (
  path: Path,
  condition: unknown,
  byPath: Record<string, readonly Fields[]>,
  notes: string[],
): ReadCondition => {
  if (Array.isArray(condition) || (isFields(condition) && !isOperators(condition))) {
    const parts = Object.entries(condition).map(
      ([key, one]) => [key, walk([...path, key], one, byPath, notes)] as const,
    )
    const known = parts.every(([, part]) => part.known || part.absent)
    const present = parts.filter(([, part]) => !part.absent).map(([key, part]) => [key, part.value] as const)
    const value = Array.isArray(condition) ? present.map(([, one]) => one) : Object.fromEntries(present)
    return { ...nothing, known, value }
  }
  const read = ofValue(condition)
  if (read.rules.length > 0) byPath[formatPath(path)] = read.rules
  notes.push(...read.notes.map((note) => `${formatPath(path)}: ${note}`))
  return read
}

const isOperators = (value: Fields): boolean => Object.keys(value).some((key) => key.startsWith('$'))

const ofValue = (condition: unknown): ReadCondition => {
  if (!isFields(condition)) return { ...nothing, known: true, value: condition }
  const read = Object.entries(condition).map(([name, operand]) => ofOperator(name, operand))
  return {
    ...nothing,
    rules: read.flatMap(({ rules = [] }) => rules),
    absent: read.some(({ absent }) => absent === true),
    known: read.some(({ known }) => known === true),
    value: read.find(({ known }) => known === true)?.value,
    notes: read.flatMap(({ notes = [] }) => notes),
  }
}

const ofOperator = (name: string, operand: unknown): Partial<ReadCondition> => {
  switch (name) {
    case '$equalTo':
    case '$equalToJson':
    case '$equalToXml':
      return { known: true, value: operand }
    case '$matches':
      return { rules: [{ match: 'regex', regex: String(operand) }] }
    case '$contains':
      return { rules: [{ match: 'include', value: String(operand) }], known: true, value: operand }
    case '$absent':
      return operand === true ? { absent: true } : { rules: [{ match: 'type' }] }
    case '$anything':
      return { rules: [{ match: 'type' }] }
    case '$type':
      return ofType(String(operand))
    case '$oneOf':
      return ofChoice(operand)
    case '$hasExactly':
      return { known: true, value: operand }
    default:
      return { notes: [`Pact has no rule like ${name}; it was left out`] }
  }
}

const ofType = (type: string): Partial<ReadCondition> => {
  const match = ['integer', 'number', 'boolean', 'null'].includes(type) ? type : 'type'
  return Object.hasOwn(samples, type)
    ? { rules: [{ match }], known: true, value: samples[type] }
    : { rules: [{ match }], known: type === 'object' || type === 'array', value: type === 'array' ? [] : {} }
}

const ofChoice = (operand: unknown): Partial<ReadCondition> => {
  const choices: readonly unknown[] = Array.isArray(operand) ? operand : []
  const regex = choices.map((one) => escapeText(String(one))).join('|')
  return { rules: [{ match: 'regex', regex }], known: choices.length > 0, value: choices[0] }
}
