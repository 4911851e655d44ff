/** What importing a contract did. */
import type { ImportedContract } from '../app/import/openapi.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'
import { problemSummary, renderProblems } from './render-problems.ts'

const shownAtMost = 20

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Throws CONTRACT_INVALID when parts of the contract could not be used; what could be was written. */
export const printGenerated = (out: Output, result: ImportedContract): void => {
  const { service, version, folder, operations, added, updated, unchanged, removed, kept, left, problems } =
    result
  const broken = problems.some(({ severity }) => severity === 'error')
  if (!broken) out.document(result)
  const changes = [
    [added, 'added'],
    [updated, 'updated'],
    [unchanged, 'unchanged'],
    [removed, 'removed'],
    [kept.length, 'left as you made them'],
  ] as const
  const did = changes.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]))
  out.print(
    `${out.style.bold(`${service} ${version}`)}: ${count(operations, 'operation')}; mocks: ${did.join(', ') || 'none'} in ${folder}`,
  )
  list(out, 'left as you made them', kept)
  list(out, 'left out', left)
  if (broken) {
    throw new SvcMockError(
      'CONTRACT_INVALID',
      'parts of the contract could not be used; the rest was imported',
      {
        details: { ...result, problems },
      },
    )
  }
  if (problems.length > 0 && !out.json) {
    out.warn(renderProblems(problems, out.errorStyle))
    out.warn(problemSummary(problems))
  }
}

const list = (out: Output, title: string, all: readonly string[]): void => {
  if (all.length === 0) return
  out.log(out.errorStyle.yellow(`${title}:`))
  for (const one of all.slice(0, shownAtMost))
    out.log(`  ${one.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')}`)
  if (all.length > shownAtMost) out.log(out.errorStyle.dim(`  … and ${all.length - shownAtMost} more`))
}
