/** The receipt of a run, for people. */
import type { Receipt } from '../app/run/receipt.ts'
import { violationLines } from './render-violation.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const shownAtMost = 10

const times = (n: number): string => (n === 1 ? '1 call' : `${n} calls`)

const section = (title: string, lines: readonly string[], style: Style): string[] => {
  if (lines.length === 0) return []
  const rest = lines.length - shownAtMost
  return [title, ...lines.slice(0, shownAtMost), ...(rest > 0 ? [style.dim(`  … and ${rest} more`)] : [])]
}

const serviceTable = ({ services, missed }: Receipt, style: Style, width: number): string[] => {
  const called = services.filter((s) => s.mock + s.passthrough + s.miss + s.error > 0)
  const silent = services.length - called.length
  const rows = called.map((s) => [s.name, ...[s.mock, s.passthrough, s.miss, s.error].map(String)])
  const table = renderTable(['service', 'mocked', 'passed', 'missed', 'failed'], rows, { style, width })
  const uncalled =
    silent > 0 ? [style.dim(`${silent === 1 ? '1 service was' : `${silent} services were`} not called`)] : []
  const misses = missed.map(({ service, operation, calls }) => `  ${service}  ${operation}  ${times(calls)}`)
  return [
    ...(called.length > 0 ? [table] : []),
    ...uncalled,
    ...section(style.yellow('no mock matched:'), misses, style),
  ]
}

const bypassLines = ({ bypassed }: Receipt, style: Style): string[] => {
  if (bypassed === undefined) return []
  const lines = bypassed.map(({ address, processes }) =>
    `  ${address}  ${style.dim(processes.join(', '))}`.trimEnd(),
  )
  return section(
    style.yellow('not through svc-mock (add what is only infrastructure to allowHosts):'),
    lines,
    style,
  )
}

export const renderReceipt = (receipt: Receipt, style: Style, width: number): string => {
  const unknown = receipt.unknown.map(({ add, calls }) => `  ${add} ${style.dim(`# ${times(calls)}`)}`)
  const allowed = receipt.allowed.map(({ host, calls }) => `  ${host}  ${times(calls)}`)
  return [
    '',
    style.bold('svc-mock receipt'),
    ...serviceTable(receipt, style, width),
    ...section(
      style.yellow('hosts that no service names; to add under services: in svc-mock.yaml:'),
      unknown,
      style,
    ),
    ...section(
      style.red(`${times(receipt.contracts.broken)} broke a contract:`),
      violationLines(receipt.violations, style),
      style,
    ),
    ...(receipt.contracts.unchecked > 0
      ? [
          style.yellow(
            `${times(receipt.contracts.unchecked)} could not be held against a contract as a whole`,
          ),
        ]
      : []),
    ...section('allowed hosts:', allowed, style),
    ...bypassLines(receipt, style),
  ].join('\n')
}
