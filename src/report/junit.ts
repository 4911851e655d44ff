/** JUnit's XML, which CI systems read: suites of cases. Its form is that of the Ant task, which all of them share. */
import { escapeXml } from './xml.ts'

export interface JunitCase {
  readonly name: string
  /** Where it stands, for systems that show it; `line` from 1. */
  readonly at?: { readonly file: string; readonly line: number | string }
  readonly durationMs?: number
  readonly failure?: { readonly message: string; readonly type?: string; readonly text: string }
  /** Why it was not decided. */
  readonly skipped?: string
}

export interface JunitSuite {
  /** What its cases are called after: a file, a service. */
  readonly name: string
  readonly cases: readonly JunitCase[]
}

export const junitXml = (name: string, suites: readonly JunitSuite[], durationMs?: number): string => {
  const all = suites.flatMap(({ cases }) => cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(name)}" tests="${all.length}" failures="${failed(all)}" errors="0"${time(durationMs)}>`,
    ...suites.map(suiteXml),
    '</testsuites>',
    '',
  ].join('\n')
}

const suiteXml = ({ name, cases }: JunitSuite): string => {
  const timed = cases.some(({ durationMs }) => durationMs !== undefined)
  const total = timed ? cases.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) : undefined
  const skipped = cases.filter((one) => one.skipped !== undefined).length
  return [
    `  <testsuite name="${escapeXml(name)}" tests="${cases.length}" failures="${failed(cases)}" errors="0" skipped="${skipped}"${time(total)}>`,
    ...cases.map((one) => caseXml(one, name)),
    '  </testsuite>',
  ].join('\n')
}

const caseXml = ({ name, at, durationMs, failure, skipped }: JunitCase, suite: string): string => {
  const place = at === undefined ? '' : ` file="${escapeXml(at.file)}" line="${at.line}"`
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(suite)}"${place}${time(durationMs)}`
  if (failure !== undefined) {
    const type = failure.type === undefined ? '' : ` type="${escapeXml(failure.type)}"`
    return `${head}>\n      <failure message="${escapeXml(failure.message)}"${type}>${escapeXml(failure.text)}</failure>\n    </testcase>`
  }
  if (skipped !== undefined)
    return `${head}>\n      <skipped message="${escapeXml(skipped)}"/>\n    </testcase>`
  return `${head}/>`
}

const failed = (cases: readonly JunitCase[]): number =>
  cases.filter(({ failure }) => failure !== undefined).length

const time = (ms: number | undefined): string => (ms === undefined ? '' : ` time="${(ms / 1000).toFixed(6)}"`)
