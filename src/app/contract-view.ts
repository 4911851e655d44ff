/** What contract commands need to print. */
export { github } from '../contract/report/github.ts'
export { reportForms } from '../contract/report/index.ts'
export {
  type ContractReport,
  countBySeverity,
  severities,
  severityWords,
  sortFindings,
  type Violation,
} from '../contract/violation.ts'
export { writeReport } from '../report/write-report.ts'
