/** As SARIF 2.1.0: a violation is an error, what could not be decided a note. */
import { type SarifResult, sarifText } from '../../report/sarif.ts'
import { type ContractReport, type Severity, sentence, sortFindings } from '../violation.ts'

const levels: Readonly<Partial<Record<Severity, SarifResult['level']>>> = {
  violation: 'error',
  pending: 'warning',
  dataMissing: 'warning',
}

export const sarif = ({ command, findings }: ContractReport, version: string): string =>
  sarifText(
    `svc-mock ${command}`,
    version,
    sortFindings(findings).map((finding): SarifResult => {
      const { severity, rule, operation, at, contract } = finding
      return {
        rule: { id: rule, title: rule.replaceAll('-', ' ') },
        level: levels[severity] ?? 'note',
        text: `${operation}: ${sentence(finding)}`,
        at,
        ...(contract !== undefined && { related: [{ at: contract, text: 'the contract' }] }),
      }
    }),
  )
