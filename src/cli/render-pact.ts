/** What became of Pact files, or of mocks that were to become some. */

import type { PactExport } from '../app/exports/pact/export.ts'
import type { PactImport } from '../app/imports/pact/pact.ts'
import type { PublishedContracts } from '../app/pact/publish-contracts.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Output } from './output.ts'
import { entryCounts, printEntries } from './render-entries.ts'
import { problemSummary } from './render-problems.ts'
import { renderTable } from './table.ts'

const outcomes = {
  written: 'written',
  unchanged: 'unchanged',
  edited: 'kept: edited by a person, --force replaces it',
} as const

/** Throws PACT_INVALID for files that could not be read; the others are written all the same. */
export const printPactImport = (out: Output, result: PactImport): void => {
  const { files, entries, notes, left, problems, unknownServices } = result
  const rows = files.map(({ file, from, mocks, outcome }) => [
    file,
    from.join(', '),
    String(mocks),
    outcomes[outcome],
  ])
  if (rows.length > 0)
    out.print(renderTable(['file', 'from', 'mocks', ''], rows, { style: out.style, width: out.width }))
  if (entries.length > 0) out.print(entryCounts(entries, 'interaction'))
  printEntries(out, entries)
  for (const name of unknownServices)
    out.log(
      out.errorStyle.yellow(
        `svc-mock.yaml has no service ${name} yet: services: { ${name}: { hosts: [<its host>] } }`,
      ),
    )
  finish(out, { files, entries, notes, left, unknownServices }, problems)
}

export const printPactExport = (out: Output, result: PactExport): void => {
  const { files, notes, left, problems } = result
  const rows = files.map(({ file, consumer, provider, interactions }) => [
    file,
    consumer,
    provider,
    String(interactions),
  ])
  if (rows.length > 0)
    out.print(
      renderTable(['file', 'consumer', 'provider', 'interactions'], rows, {
        style: out.style,
        width: out.width,
      }),
    )
  else out.print(out.style.yellow('no mock could be written as an interaction'))
  remarks(out, notes, left)
  finish(
    out,
    { files, notes, left },
    problems.filter(({ severity }) => severity === 'error'),
  )
}

/** What a Pact Broker took, and what it wants people to read. */
export const printPublishedPacts = (
  out: Output,
  version: string,
  { published, notes, left }: PublishedContracts,
): void => {
  for (const { consumer, providers, notices } of published) {
    out.print(`${out.style.bold(consumer)} ${version}: with ${providers.join(', ')}`)
    for (const { text, type } of notices) if (type !== 'debug') out.log(text)
  }
  remarks(out, notes, left)
}

const remarks = (out: Output, notes: readonly string[], left: Readonly<Record<string, number>>): void => {
  for (const note of notes) out.log(printable(note))
  for (const [reason, count] of Object.entries(left)) out.log(`left out: ${count} × ${printable(reason)}`)
}

const finish = (
  out: Output,
  document: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
): void => {
  if (problems.length === 0) {
    out.document({ ...document, problems })
    return
  }
  throw new SvcMockError('PACT_INVALID', problemSummary(problems), { details: { ...document, problems } })
}

/** What a file holds must not speak to the terminal. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
