/** The review report of a run, beside the workspace's other private files: `.svc-mock/reports/`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Losses, ReportData } from '../../record/report-data.ts'
import { reportMarkdown } from '../../record/report-markdown.ts'

const folder = '.svc-mock/reports'

export interface Reported {
  readonly data: ReportData
  readonly losses: Losses
  /** What desensitize.yaml might say; undefined or '': nothing. */
  readonly diff: string | undefined
}

/** The files' names relative to the workspace; the report in JSON lies beside the Markdown. */
export const writeReport = (
  root: string,
  { data, losses, diff = '' }: Reported,
  now: Date,
): { readonly report: string; readonly diff: string | undefined } => {
  const name = `${folder}/record-${now.toISOString().replace(/[:.]/g, '-')}`
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, `${name}.md`), reportMarkdown(data, losses, now.toISOString()))
  writeFileSync(
    join(root, `${name}.json`),
    `${JSON.stringify({ at: now.toISOString(), ...data, ...losses }, null, 2)}\n`,
  )
  if (diff === '') return { report: `${name}.md`, diff: undefined }
  writeFileSync(join(root, `${name}.diff`), diff)
  return { report: `${name}.md`, diff: `${name}.diff` }
}
