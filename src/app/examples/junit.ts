/** Results as JUnit XML, which CI systems read: a suite for each mock file, a case for each example. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { TestedExample, TestView } from './test-view.ts'

/** `path`: relative to the working directory. */
export const writeJunit = (path: string, view: TestView): void => {
  const file = resolve(path)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, junitOf(view))
  } catch (cause) {
    const message = `--junit ${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`
    throw new SvcMockError('FLAG_INVALID', message, {
      hint: 'name a file in a folder that you may write to',
      cause,
    })
  }
}

export const junitOf = ({ examples, passed, failed, durationMs }: TestView): string => {
  const suites = [...Map.groupBy(examples, ({ file }) => file)].map(([file, ofFile]) => suite(file, ofFile))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="svc-mock" tests="${passed + failed}" failures="${failed}" errors="0" time="${seconds(durationMs)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

const suite = (file: string, examples: readonly TestedExample[]): string => {
  const failed = examples.filter(({ ok }) => !ok).length
  const time = examples.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return [
    `  <testsuite name="${escaped(file)}" tests="${examples.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(time)}">`,
    ...examples.map(testCase),
    '  </testsuite>',
  ].join('\n')
}

const testCase = ({ name, mock, file, at, durationMs, failure }: TestedExample): string => {
  const line = at.split(':').at(-2) ?? '1'
  const title = mock === undefined ? name : `${mock} > ${name}`
  const head = `    <testcase name="${escaped(title)}" classname="${escaped(file)}" file="${escaped(file)}" line="${line}" time="${seconds(durationMs)}"`
  if (failure === undefined) return `${head}/>`
  const told = failure.unexpected.map(
    (one) => `${one.clause}: expected ${one.expected}, got ${one.actual} (${one.at})`,
  )
  const text = [`${failure.operation} (${failure.at})`, ...told, ...failure.notes].join('\n')
  return `${head}>\n      <failure message="${escaped(told[0] ?? '')}" type="example">${escaped(text)}</failure>\n    </testcase>`
}

const seconds = (ms: number): string => (ms / 1000).toFixed(6)

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Control characters have no place in XML 1.0 (section 2.2), not even escaped. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replaceAll('\r', '')
    .replaceAll(/[&<>"\n\t]/g, (character) => entities[character]!)
