/** The forms of a contract report. One that has everything goes through each of them. */
import { DOMParser } from '@xmldom/xmldom'
import { describe, expect, it } from 'vitest'
import { renderReport } from '../../src/cli/contract-report.ts'
import { plainStyle } from '../../src/cli/style.ts'
import { github } from '../../src/contract/report/github.ts'
import { reportForms } from '../../src/contract/report/index.ts'
import type { ContractReport, Violation } from '../../src/contract/violation.ts'

const at = (line: number, file = 'mocks/orders/a.yaml') => ({ file, line, column: 5 })

const finding = (more: Partial<Violation>): Violation => ({
  severity: 'violation',
  rule: 'response-status',
  service: 'orders',
  operation: 'GET /orders/{id}',
  mock: 'found <one>',
  at: at(4),
  path: 'response.status',
  message: 'the contract has no such answer',
  ...more,
})

const report: ContractReport = {
  command: 'verify --spec',
  against: ['orders: ./orders.yaml'],
  checked: [
    { name: 'found <one>', service: 'orders', operation: 'GET /orders/{id}', at: at(2), durationMs: 2 },
    { name: 'fine', service: 'orders', operation: 'POST /orders', at: at(20) },
    { name: 'open', service: 'orders', operation: 'PUT /orders', at: at(30) },
  ],
  findings: [
    finding({
      severity: 'notVerifiable',
      rule: 'operator',
      mock: 'open',
      operation: 'PUT /orders',
      path: 'request.body.id',
      message: '$matches is no value',
      at: at(33),
    }),
    finding({
      rule: 'type',
      path: 'response.body.total',
      message: 'it must be a number',
      expected: 'number',
      actual: '"12\u0007,%:\n"',
      contract: at(70, 'orders.yaml'),
      since: '1.4.0',
      hint: 'write 12',
      at: at(9),
    }),
    finding({}),
    finding({
      severity: 'note',
      rule: 'operation-added',
      mock: undefined,
      operation: 'GET /new',
      path: '',
      message: 'new',
      at: at(1, 'orders.yaml'),
    }),
  ],
  skipped: { script: 3 },
  problems: [],
  durationMs: 12,
}

const rendered = (flag: string): string =>
  reportForms.find((form) => form.flag === flag)!.render(report, '1.2.3')

describe('a contract report', () => {
  it('is a list by file on a terminal, without what nobody must act upon', () => {
    const text = renderReport(report, plainStyle, false)
    expect(text).toBe(`mocks/orders/a.yaml
  violation  found <one> › GET /orders/{id}  mocks/orders/a.yaml:9:5
    response.body.total: it must be a number
    expected number
    got      "12�,%:�"
    contract orders.yaml:70:5, since 1.4.0
    hint: write 12
  violation  found <one> › GET /orders/{id}  mocks/orders/a.yaml:4:5
    response.status: the contract has no such answer

2 violations, 1 not verifiable, 1 note (--all shows them) in 3 things checked, 12 ms; not checked: 3 script`)
    expect(renderReport(report, plainStyle, true)).toContain('$matches is no value')
  })

  it('is JUnit XML with a case for each mock', () => {
    const xml = new DOMParser().parseFromString(rendered('junit'), 'text/xml')
    const cases = [...xml.getElementsByTagName('testcase')]
    expect(cases.map((one) => one.getAttribute('name'))).toEqual([
      'found <one> (GET /orders/{id})',
      'fine (POST /orders)',
      'open (PUT /orders)',
      'GET /new',
    ])
    expect(xml.documentElement!.getAttribute('failures')).toBe('1')
    expect(cases[0]!.getElementsByTagName('failure')[0]!.textContent).toContain(
      'mocks/orders/a.yaml:9:5 response.body.total: it must be a number',
    )
    expect(cases[1]!.childNodes.length).toBe(0)
    expect(cases[2]!.getElementsByTagName('skipped')[0]!.getAttribute('message')).toContain(
      '$matches is no value',
    )
  })

  it('is SARIF with the place in the contract beside that in the mock', () => {
    const { version, runs } = JSON.parse(rendered('sarif'))
    expect(version).toBe('2.1.0')
    expect(runs[0].tool.driver).toMatchObject({ name: 'svc-mock verify --spec', version: '1.2.3' })
    expect(runs[0].results.map(({ level }: { level: string }) => level)).toEqual([
      'error',
      'error',
      'note',
      'note',
    ])
    const total = runs[0].results.find(({ ruleId }: { ruleId: string }) => ruleId === 'type')
    expect(total.relatedLocations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'orders.yaml' },
      region: { startLine: 70, startColumn: 5 },
    })
  })

  it("is GitLab's code quality report, whose fingerprints do not move with lines", () => {
    const moved = {
      ...report,
      findings: report.findings.map((one) => ({ ...one, at: { ...one.at, line: one.at.line + 7 } })),
    }
    const issues = JSON.parse(rendered('gitlab'))
    const fingerprints = (text: string): string[] =>
      JSON.parse(text)
        .map(({ fingerprint }: { fingerprint: string }) => fingerprint)
        .sort()
    expect(new Set(fingerprints(rendered('gitlab'))).size).toBe(4)
    expect(fingerprints(reportForms.find(({ flag }) => flag === 'gitlab')!.render(moved, ''))).toEqual(
      fingerprints(rendered('gitlab')),
    )
    expect(issues[0]).toMatchObject({
      check_name: 'response-status',
      severity: 'major',
      location: { path: 'mocks/orders/a.yaml', lines: { begin: 4 } },
    })
  })

  it('is lines for GitHub, in which nothing ends the command early', () => {
    expect(github(report.findings)).toBe(
      [
        '::error file=mocks/orders/a.yaml,line=4,col=5,title=orders%3A GET /orders/{id}::response.status: the contract has no such answer',
        '::error file=mocks/orders/a.yaml,line=9,col=5,title=orders%3A GET /orders/{id}::response.body.total: it must be a number (expected number, got "12\u0007,%25:%0A")',
      ].join('\n'),
    )
  })

  it('is an HTML page that loads nothing and runs nothing', () => {
    const page = rendered('html')
    expect(page).toContain('found &lt;one&gt;')
    expect(page).toContain('<b>3</b> not checked: script')
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(/)
  })
})
