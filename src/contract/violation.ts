/**
 * What every contract command says: one finding for each thing that does not hold, or that could not be decided. The
 * same shape whether a mock is held against an OpenAPI file, a real provider or another version of itself.
 */
import type { Problem } from '../core/problem.ts'
import type { SourceLocation } from '../core/source.ts'

/** Only `violation` fails a command; the others are told, so that nobody takes silence for proof. */
export const severities = [
  /** The mock, or the provider, says what the contract does not. */
  'violation',
  /** It would be one, but the consumer, or the broker, says that nobody counts on it yet. */
  'pending',
  /** It may hold or not: an operator is no value, fakes are not known to the provider. */
  'notVerifiable',
  /** The provider does not have what the mock asks for, and no state was named that would make it. */
  'dataMissing',
  /** A fault, a script, a patch, `contract: false`: it promises nothing. */
  'notAContract',
  /** What was merely added, or changed without breaking anybody. */
  'note',
] as const
export type Severity = (typeof severities)[number]

export interface Violation {
  readonly severity: Severity
  /** A stable name in kebab case: `response-status`, `missing-property`. Reports group by it; baselines are keyed with it. */
  readonly rule: string
  readonly service: string
  /** Version of the interface for which the mock was written. */
  readonly version?: string | undefined
  /** `GET /orders/{id}`, `acme.Inventory/Get`. */
  readonly operation: string
  /** Name of the mock; undefined: it is about no single one. */
  readonly mock?: string | undefined
  /** Whose contract says so; undefined: nobody's, it is a mock as people write them. */
  readonly consumer?: string | undefined
  /** Where in the mock file; of a spec without mocks, the place in the spec. `file` is relative to the workspace. */
  readonly at: SourceLocation
  /** Where in the call or the reply: `response.body.items[0].sku`, `request.query.page`; empty: the whole. */
  readonly path: string
  /** One sentence for people, with neither path nor place. */
  readonly message: string
  /** What the contract says; undefined where the message says it all. */
  readonly expected?: string | undefined
  /** What there is instead. Values of recordings only if they are fakes. */
  readonly actual?: string | undefined
  /** Where the contract says so: the place in a spec. */
  readonly contract?: SourceLocation | undefined
  /** The first version of the contract that says so. */
  readonly since?: string | undefined
  /** The next action, where there is one. */
  readonly hint?: string | undefined
}

/** One thing that was verified: a mock, an interaction, an operation of a spec. */
export interface Checked {
  /** Name of the mock. */
  readonly name: string
  /** As in Violation. */
  readonly consumer?: string | undefined
  readonly service: string
  readonly operation: string
  readonly at: SourceLocation
  readonly durationMs?: number
}

export interface ContractReport {
  /** The command: `verify --spec`. */
  readonly command: string
  /** Against what: `orders: ./orders.yaml`, `https://orders.test.example.com`. */
  readonly against: readonly string[]
  /** All that was looked at, with findings or without. */
  readonly checked: readonly Checked[]
  readonly findings: readonly Violation[]
  /** Why something was left out, by reason: `{ script: 3 }`. It has no findings of its own. */
  readonly skipped: Readonly<Record<string, number>>
  /** Files that could not be used. With an error among them, the command fails as with a wrong file. */
  readonly problems: readonly Problem[]
  readonly durationMs: number
}

export const countBySeverity = (findings: readonly Violation[]): Readonly<Record<Severity, number>> => {
  const counts = { violation: 0, pending: 0, notVerifiable: 0, dataMissing: 0, notAContract: 0, note: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

export const severityWords: Readonly<Record<Severity, string>> = {
  violation: 'violation',
  pending: 'pending',
  notVerifiable: 'not verifiable',
  dataMissing: 'data missing',
  notAContract: 'no contract',
  note: 'note',
}

/** Worst first, then by place: the order of all reports. */
export const sortFindings = (findings: readonly Violation[]): readonly Violation[] =>
  findings.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      compare(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column ||
      compare(a.path, b.path) ||
      compare(a.rule, b.rule),
  )

/** Code-unit order, the same on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** `response.body.total: it must be a number (expected number, got "12")`. */
export const sentence = ({ path, message, expected, actual }: Violation): string => {
  const told = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(actual === undefined ? [] : [`got ${actual}`]),
  ].join(', ')
  return `${path === '' ? '' : `${path}: `}${message}${told === '' ? '' : ` (${told})`}`
}
