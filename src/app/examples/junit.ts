/** Results as JUnit XML: a suite for each mock file, a case for each example. */
import { type JunitCase, junitXml } from '../../report/junit.ts'
import { writeReport } from '../../report/write-report.ts'
import type { TestedExample, TestView } from './test-view.ts'

/** `path`: relative to the working directory. */
export const writeJunit = (path: string, view: TestView): void => writeReport('--junit', path, junitOf(view))

export const junitOf = ({ examples, durationMs }: TestView): string => {
  const suites = [...Map.groupBy(examples, ({ file }) => file)].map(([name, ofFile]) => ({
    name,
    cases: ofFile.map(testCase),
  }))
  return junitXml('svc-mock', suites, durationMs)
}

const testCase = ({ name, mock, file, at, durationMs, failure }: TestedExample): JunitCase => {
  const one = {
    name: mock === undefined ? name : `${mock} > ${name}`,
    at: { file, line: at.split(':').at(-2) ?? '1' },
    durationMs,
  }
  if (failure === undefined) return one
  const told = failure.unexpected.map(
    (each) => `${each.clause}: expected ${each.expected}, got ${each.actual} (${each.at})`,
  )
  const text = [`${failure.operation} (${failure.at})`, ...told, ...failure.notes].join('\n')
  return { ...one, failure: { message: told[0] ?? '', type: 'example', text } }
}
