/** How live calls broke contracts, for people. */
import type { LiveViolation } from '../app/running.ts'
import { breachSentence } from '../core/contract.ts'
import { formatLocation } from '../core/source.ts'
import type { Style } from './style.ts'

/** Paths and names come from callers. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')

/** Said once, when it first happens: `contract  orders  GET /orders/{id}  response.body.total: it has another type (…)`. */
export const renderFirstViolation = (one: LiveViolation, style: Style): string =>
  `${style.red('breaks its contract')}  ${words(one, style)}`

/** `  12 × orders  GET /orders/{id}  …`, most often first. */
export const violationLines = (violations: readonly LiveViolation[], style: Style): string[] =>
  violations
    .toSorted((a, b) => b.calls - a.calls)
    .map((one) => `  ${String(one.calls).padStart(4)} × ${words(one, style)}`)

const words = (one: LiveViolation, style: Style): string => {
  const place = one.contract === undefined ? '' : `  ${style.dim(formatLocation(one.contract))}`
  return `${style.bold(printable(one.service))}  ${printable(one.operation)}  ${one.rule}  ${printable(breachSentence(one))}${place}`
}
