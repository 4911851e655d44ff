/** The findings in the two forms that CI systems read. */
import { type JunitCase, junitXml } from '../../report/junit.ts'
import { sarifText } from '../../report/sarif.ts'
import type { Finding, ScanView } from './scan.ts'

export { writeReport } from '../../report/write-report.ts'

const words = ({ title, type, path, rule }: Finding): string =>
  `${title}${path === '' ? '' : ` at ${path}`} (${type}, by ${rule})`

export const sarif = ({ findings, unreadable }: ScanView, version: string): string =>
  sarifText(
    'svc-mock scan',
    version,
    [...findings, ...unreadable].map((finding) => ({
      rule: {
        id: finding.type,
        title: finding.type === 'unreadable' ? 'could not be decoded' : finding.title,
      },
      level: 'error',
      text: words(finding),
      at: finding,
    })),
  )

/** One test case a file with findings, and one for all others. */
export const junit = ({ files, findings, unreadable }: ScanView): string => {
  const byFile = Map.groupBy([...findings, ...unreadable], ({ file }) => file)
  const cases = [...byFile].map(([file, own]): JunitCase => {
    const lines = own.map((finding) => `${file}:${finding.line}:${finding.column} ${words(finding)}`)
    return {
      name: file,
      at: { file, line: own[0]!.line },
      failure: { message: `${own.length} found`, type: 'scan', text: lines.join('\n') },
    }
  })
  return junitXml('svc-mock scan', [
    { name: 'scan', cases: [...cases, { name: `${files - byFile.size} other files` }] },
  ])
}
