/** The findings in the two forms that CI systems read: SARIF 2.1.0 (OASIS) and JUnit's XML. */
import type { Finding, ScanView } from './scan.ts'

const words = ({ title, type, path, rule }: Finding): string =>
  `${title}${path === '' ? '' : ` at ${path}`} (${type}, by ${rule})`

export const sarif = ({ findings, unreadable }: ScanView, version: string): string => {
  const all = [...findings, ...unreadable]
  const rules = [
    ...new Map(
      all.map(({ type, title }) => [
        type,
        { id: type, shortDescription: { text: type === 'unreadable' ? 'could not be decoded' : title } },
      ]),
    ).values(),
  ]
  const results = all.map((finding) => {
    const { commit, file } = placeOf(finding)
    return {
      ruleId: finding.type,
      level: 'error',
      message: { text: words(finding) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(file) },
            region: { startLine: finding.line, startColumn: finding.column },
          },
        },
      ],
      ...(commit !== undefined && { properties: { commit } }),
    }
  })
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'svc-mock scan', version, rules } }, results }],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** `<commit>:<file>` of a history: a colon would make the commit the scheme of an address (RFC 3986 section 4.2). */
const placeOf = ({ file }: Finding): { readonly commit?: string; readonly file: string } => {
  const [, commit, inside] = /^([0-9a-f]{40,64}):(.*)$/s.exec(file) ?? []
  return commit === undefined ? { file } : { commit, file: inside! }
}

const xml = (text: string): string =>
  text
    .replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')

/** One test case a file with findings, and one for all others. */
export const junit = ({ files, findings, unreadable }: ScanView): string => {
  const byFile = new Map<string, Finding[]>()
  for (const finding of [...findings, ...unreadable])
    byFile.set(finding.file, [...(byFile.get(finding.file) ?? []), finding])
  const cases = [...byFile].map(([file, own]) => {
    const lines = own.map((finding) => `${file}:${finding.line}:${finding.column} ${words(finding)}`)
    return `  <testcase classname="scan" name="${xml(file)}"><failure message="${own.length} found">${xml(lines.join('\n'))}</failure></testcase>`
  })
  const clean = `  <testcase classname="scan" name="${files - byFile.size} other files"/>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="svc-mock scan" tests="${byFile.size + 1}" failures="${byFile.size}">\n${[...cases, clean].join('\n')}\n</testsuite>\n`
}
