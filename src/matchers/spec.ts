/** Small questions about specs, and the mistakes in them that several operators share. */

import { booleanHint } from '../core/boolean-words.ts'
import { type Fields, isFields } from '../core/fields.ts'
import { type Scalar, SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'

export const isScalar = (value: unknown): value is Scalar => typeof value !== 'object' || value === null

/** `{ $contains: x }`; an empty object is not. */
export const isOperators = (spec: unknown): spec is Fields =>
  isFields(spec) && Object.keys(spec).some((key) => key.startsWith('$'))

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return `${typeof value} ${shown(value, 40)}`
}

export const wrongOperand = (wanted: string, operand: unknown, hint?: string): SpecError =>
  new SpecError(`it takes ${wanted}, not ${kindOf(operand)}`, [], hint)

/** Text; numbers and booleans stand for their own text. */
export const textOperand = (operand: unknown): string => {
  if (typeof operand === 'string') return operand
  if (typeof operand === 'number' || typeof operand === 'boolean' || typeof operand === 'bigint')
    return String(operand)
  throw wrongOperand('a text', operand)
}

export const booleanOperand = (operand: unknown): boolean => {
  if (typeof operand !== 'boolean') throw wrongOperand('true or false', operand, booleanHint(operand))
  return operand
}

export const trueOperand = (operand: unknown): void => {
  if (operand !== true) throw wrongOperand('true', operand, booleanHint(operand))
}

export const listOperand = (operand: unknown): readonly unknown[] => {
  if (Array.isArray(operand) && operand.length > 0) return operand
  throw wrongOperand('a list with at least one item', operand)
}

/** An option that is a switch; false when it is not given. */
export const isOn = (name: `$${string}`, value: unknown): boolean => {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw new SpecError(`${name} is true or false, not ${kindOf(value)}`, [], booleanHint(value))
}
