/** As one HTML page that stands alone: no script, no font, no picture from anywhere. */
import { formatLocation } from '../../core/source.ts'
import { escapeXml } from '../../report/xml.ts'
import {
  type ContractReport,
  countBySeverity,
  severities,
  severityWords,
  sortFindings,
  type Violation,
} from '../violation.ts'

export const html = (report: ContractReport, version: string): string => {
  const { command, against, checked, findings, skipped, problems } = report
  const counts = countBySeverity(findings)
  const good = counts.violation === 0 && problems.every(({ severity }) => severity !== 'error')
  const services = [...Map.groupBy(sortFindings(findings), ({ service }) => service)]
  const title = `svc-mock ${command}: ${good ? 'holds' : 'broken'}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeXml(title)}</h1>
<p>${against.map((one) => `<code>${escapeXml(one)}</code>`).join(', ')}</p>
<ul class="counts">
<li><b>${checked.length}</b> checked</li>
${severities.map((one) => `<li class="${one}"><b>${counts[one]}</b> ${severityWords[one]}</li>`).join('\n')}
${Object.entries(skipped)
  .map(([reason, n]) => `<li><b>${n}</b> not checked: ${escapeXml(reason)}</li>`)
  .join('\n')}
</ul>
${problems.length === 0 ? '' : `<h2>Files that could not be used</h2>\n<ul>${problems.map(({ at, message }) => `<li><code>${escapeXml(formatLocation(at))}</code> ${escapeXml(message)}</li>`).join('')}</ul>`}
${services.map(([name, own]) => table(name, own)).join('\n')}
<footer>svc-mock ${escapeXml(version)}</footer>
</body>
</html>
`
}

const table = (service: string, findings: readonly Violation[]): string => `<h2>${escapeXml(service)}</h2>
<table>
<thead><tr><th>what</th><th>operation</th><th>where</th><th>expected</th><th>got</th><th>mock</th><th>contract</th></tr></thead>
<tbody>
${findings.map(row).join('\n')}
</tbody>
</table>`

const row = (one: Violation): string => {
  const { severity, rule, operation, mock, at, path, message, expected, actual, contract, since, hint } = one
  const cells = [
    `<span class="${severity}">${severityWords[severity]}</span><br><small>${escapeXml(rule)}</small>`,
    `${escapeXml(operation)}`,
    `${path === '' ? '' : `<code>${escapeXml(path)}</code><br>`}${escapeXml(message)}${hint === undefined ? '' : `<br><small>${escapeXml(hint)}</small>`}`,
    code(expected),
    code(actual),
    `${mock === undefined ? '' : `${escapeXml(mock)}<br>`}<code>${escapeXml(formatLocation(at))}</code>`,
    `${code(contract === undefined ? undefined : formatLocation(contract))}${since === undefined ? '' : ` since ${escapeXml(since)}`}`,
  ]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

const code = (text: string | undefined): string =>
  text === undefined ? '' : `<code>${escapeXml(text)}</code>`

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top }
code { overflow-wrap: anywhere }
.counts { display: flex; flex-wrap: wrap; gap: 1.5rem; list-style: none; padding: 0 }
.violation { color: #c22 } .pending, .dataMissing { color: #b70 } .notVerifiable, .notAContract, .note { opacity: .7 }
footer { margin-top: 2rem; opacity: .6 }
`
