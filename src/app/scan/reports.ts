/** The findings in the two forms that CI systems read. */
import { type JunitCase, junitXml } from '../../report/junit.ts'
import { type SarifResult, sarifText } from '../../report/sarif.ts'
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
      ...placeOf(finding),
    })),
  )

/** `<commit>:<file>` of a history: a colon would make the commit the scheme of an address (RFC 3986 section 4.2). */
const placeOf = (finding: Finding): Pick<SarifResult, 'at' | 'properties'> => {
  const [, commit, file] = /^([0-9a-f]{40,64}):(.*)$/s.exec(finding.file) ?? []
  return commit === undefined ? { at: finding } : { at: { ...finding, file: file! }, properties: { commit } }
}

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
