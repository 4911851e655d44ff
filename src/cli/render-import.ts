/** What importing or exporting mocks did. */
import type { ExportResult } from '../app/exports/export-to.ts'
import type { ImportResult } from '../app/imports/import-from.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Output } from './output.ts'
import { entryCounts, printable, printEntries } from './render-entries.ts'
import { problemSummary, renderProblems } from './render-problems.ts'

const shownAtMost = 20

/** Throws IMPORT_INVALID (of contracts CONTRACT_INVALID) when parts of the source could not be used; what could be was written. */
export const printImport = (out: Output, result: ImportResult): void => {
  const { service, version, folder, thing, entries, problems, kept } = result
  const broken = problems.some(({ severity }) => severity === 'error')
  if (!broken) out.document(result)
  const changes = [
    [result.added, 'added'],
    [result.updated, 'updated'],
    [result.unchanged, 'unchanged'],
    [result.removed, 'removed'],
    [kept.length, 'left as you made them'],
  ] as const
  const did = changes.flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]))
  out.print(
    `${out.style.bold([service, version].filter((one) => one !== undefined).join(' '))}: ${entryCounts(entries, thing)}; mocks: ${did.join(', ') || 'none'} in ${folder}`,
  )
  list(out, 'left as you made them', kept)
  printEntries(out, entries)
  if (result.unknownService)
    out.log(
      out.errorStyle.yellow(
        `svc-mock.yaml has no service ${service} yet: services: { ${service}: { hosts: [<its host>] } }`,
      ),
    )
  if (broken) {
    const [code, what] =
      thing === 'operation'
        ? (['CONTRACT_INVALID', 'contract'] as const)
        : (['IMPORT_INVALID', 'source'] as const)
    throw new SvcMockError(code, `parts of the ${what} could not be used; the rest was imported`, {
      details: { ...result, problems },
    })
  }
  if (problems.length > 0 && !out.json) {
    out.warn(renderProblems(problems, out.errorStyle))
    out.warn(problemSummary(problems))
  }
}

export const printExport = (out: Output, result: ExportResult): void => {
  const { files, entries, problems } = result
  const broken = problems.filter(({ severity }) => severity === 'error')
  if (broken.length === 0) out.document(result)
  for (const file of files) out.print(file)
  out.print(entryCounts(entries, 'mock'))
  printEntries(out, entries)
  if (broken.length > 0)
    throw new SvcMockError(
      'MOCK_FILE_INVALID',
      `mock files that are not in force were left out: ${problemSummary(broken)}`,
      {
        details: { ...result, problems: broken },
      },
    )
}

const list = (out: Output, title: string, all: readonly string[]): void => {
  if (all.length === 0) return
  out.log(out.errorStyle.yellow(`${title}:`))
  for (const one of all.slice(0, shownAtMost)) out.log(`  ${printable(one)}`)
  if (all.length > shownAtMost) out.log(out.errorStyle.dim(`  … and ${all.length - shownAtMost} more`))
}
