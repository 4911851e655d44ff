/**
 * `violations.lock`: violations that are known. They do not fail a run; new ones do. The file only shrinks: what no longer
 * happens is taken out of it, and what is new is never put in.
 */
import type { Violation } from '../violation.ts'

const intro = `# Known violations of contracts. They do not fail a run; new ones do. What is fixed is taken out; nothing is ever added.\n`

/** Without line numbers and values, which change though the violation stays. */
export const baselineKey = ({ rule, service, consumer, operation, mock, path }: Violation): string =>
  [
    ...(consumer === undefined ? [] : [consumer]),
    ...[service, operation, mock ?? '', rule, path.replace(/\[\d+\]/g, '[*]')],
  ].join(' | ')

export const parseBaseline = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
  )

export const renderBaseline = (keys: ReadonlySet<string>): string =>
  intro +
  [...keys]
    .sort()
    .map((key) => `${key}\n`)
    .join('')

export interface AgainstBaseline {
  readonly findings: readonly Violation[]
  /** Those that are still there. */
  readonly left: ReadonlySet<string>
}

/** `complete`: everything was looked at, so what is not among the findings is fixed. */
export const againstBaseline = (
  findings: readonly Violation[],
  known: ReadonlySet<string>,
  complete: boolean,
): AgainstBaseline => {
  const seen = new Set<string>()
  const judged = findings.map((finding): Violation => {
    const key = baselineKey(finding)
    if (finding.severity !== 'violation' || !known.has(key)) return finding
    seen.add(key)
    return { ...finding, severity: 'note', message: `${finding.message} (known)` }
  })
  return { findings: judged, left: complete ? seen : known }
}
