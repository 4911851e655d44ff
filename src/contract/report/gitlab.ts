/** As GitLab's code quality report: a JSON list in the form of Code Climate's issues, which merge requests show. */
import { createHash } from 'node:crypto'
import { type ContractReport, type Severity, sentence, sortFindings } from '../violation.ts'

const gitlabSeverities: Readonly<Record<Severity, string>> = {
  violation: 'major',
  pending: 'minor',
  dataMissing: 'minor',
  notVerifiable: 'info',
  notAContract: 'info',
  note: 'info',
}

/** The fingerprint leaves out lines, so that a finding stays the same one when a file grows above it. */
export const gitlab = ({ command, findings }: ContractReport): string => {
  const seen = new Map<string, number>()
  const issues = sortFindings(findings).map((finding) => {
    const { severity, rule, service, operation, mock, at, path } = finding
    const identity = JSON.stringify([command, rule, service, operation, mock, at.file, path])
    const nth = seen.get(identity) ?? 0
    seen.set(identity, nth + 1)
    return {
      description: `${operation}: ${sentence(finding)}`,
      check_name: rule,
      fingerprint: createHash('sha256').update(`${identity}#${nth}`).digest('hex').slice(0, 40),
      severity: gitlabSeverities[severity],
      location: { path: at.file, lines: { begin: at.line } },
    }
  })
  return `${JSON.stringify(issues, null, 2)}\n`
}
