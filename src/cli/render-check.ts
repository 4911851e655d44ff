/** The result of `check`: every problem, then one line. Mistakes end with CHECK_FAILED, so that CI stops. */
import type { CheckView } from '../app/check-view.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'
import { problemSummary, renderProblems } from './render-problems.ts'

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

export const printCheck = (
  out: Output,
  { files, mocks, examples, problems }: CheckView,
  failOnWarnings: boolean,
): void => {
  const failed = problems.some(({ severity }) => severity === 'error' || failOnWarnings)
  const shown = examples === 0 ? '' : ` and ${count(examples, 'example')}`
  const looked = `${count(mocks, 'mock')}${shown} in ${count(files, 'file')}`
  if (failed) {
    throw new SvcMockError('CHECK_FAILED', `${problemSummary(problems)}; looked at ${looked}`, {
      details: { files, mocks, examples, problems },
    })
  }
  out.document({ files, mocks, examples, problems })
  if (problems.length > 0) out.print(`${renderProblems(problems, out.style)}\n`)
  const warned = problems.length > 0 ? out.style.yellow(`, ${count(problems.length, 'warning')}`) : ''
  out.print(`${out.style.green('good:')} ${looked}${warned}`)
}
