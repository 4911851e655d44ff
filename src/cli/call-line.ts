/** One finished call in two forms: a line for people, an object for --json. */
import type { CallRecord } from '../app/running.ts'
import type { Outcome, TenantSource } from '../core/call.ts'
import type { Breach } from '../core/contract.ts'
import type { Style } from './style.ts'

export interface CallLine {
  readonly type: 'call'
  readonly protocol: string
  readonly service: string
  readonly operation: string
  readonly status: number
  readonly statusWord?: string
  readonly outcome: Outcome
  readonly mock?: string
  readonly error?: string
  readonly note?: string
  readonly tenant?: string
  readonly tenantBy?: TenantSource
  readonly served?: 'tenant' | 'baseline'
  readonly durationMs: number
  /** Only where a contract is in force and was broken. */
  readonly violations?: readonly Breach[]
  /** Why not all of it was held against the contract. */
  readonly unchecked?: string
}

export const callLine = (record: CallRecord): CallLine => ({
  type: 'call',
  protocol: record.protocol,
  service: record.service,
  operation: record.operation,
  status: record.status,
  ...(record.statusWord !== undefined && { statusWord: record.statusWord }),
  outcome: record.outcome,
  ...(record.mock !== undefined && { mock: record.mock }),
  ...(record.error !== undefined && { error: record.error }),
  ...(record.note !== undefined && { note: record.note }),
  ...(record.tenant !== undefined && { tenant: record.tenant }),
  ...(record.tenantBy !== undefined && { tenantBy: record.tenantBy }),
  ...(record.served !== undefined && { served: record.served }),
  durationMs: Math.round(record.durationMs * 1000) / 1000,
  ...(record.violations !== undefined && record.violations.length > 0 && { violations: record.violations }),
  ...(record.unchecked !== undefined && { unchecked: record.unchecked }),
})

const outcomeColour: Record<Outcome, keyof Style> = {
  mock: 'green',
  passthrough: 'cyan',
  miss: 'yellow',
  error: 'red',
}

/** Control characters of a foreign path must not reach a terminal. */
const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)

const clock = (at: number): string => {
  const date = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const duration = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** `  breaks its contract: response.body.total type, and 2 more` */
const broken = ({ violations = [] }: CallRecord, style: Style): string => {
  const [first] = violations
  if (first === undefined) return ''
  const more = violations.length === 1 ? '' : `, and ${violations.length - 1} more`
  return style.red(`  breaks its contract: ${printable(first.path)} ${first.rule}${more}`)
}

/** `12:01:22 mock        orders  GET /orders/42  200  0.4 ms  mocks/orders.yaml:12` */
export const renderCall = (record: CallRecord, style: Style): string => {
  const outcome = style[outcomeColour[record.outcome]](record.outcome.padEnd(11))
  const status = record.statusWord ?? (record.status === 0 ? '---' : String(record.status))
  const why = [record.tenant, record.mock, record.error, record.note].filter((part) => part !== undefined)
  return [
    style.dim(clock(record.at)),
    ` ${outcome} `,
    style.bold(printable(record.service)),
    `  ${printable(record.operation)}  ${status}  `,
    style.dim([duration(record.durationMs), ...why.map(printable)].join('  ')),
    broken(record, style),
  ].join('')
}
