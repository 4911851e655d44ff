/** The forms in which a contract report can be had besides the terminal's and JSON's: one file each, and a line here. */
import type { ContractReport } from '../violation.ts'
import { gitlab } from './gitlab.ts'
import { html } from './html.ts'
import { junit } from './junit.ts'
import { sarif } from './sarif.ts'

export interface ReportForm {
  /** The flag that names its file (`--junit <file>`); it stands in cli/contract-report.ts too. */
  readonly flag: string
  /** `version`: of svc-mock. */
  readonly render: (report: ContractReport, version: string) => string
}

export const reportForms: readonly ReportForm[] = [
  { flag: 'gitlab', render: gitlab },
  { flag: 'html', render: html },
  { flag: 'junit', render: junit },
  { flag: 'sarif', render: sarif },
]
