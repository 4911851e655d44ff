/** The review report of a run, beside the workspace's other private files: `.svc-mock/reports/`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Losses, type ReportData, reportMarkdown } from '../../record/report.ts'

const folder = '.svc-mock/reports'

/** Relative to the workspace, the Markdown one; the JSON one lies beside it. */
export const writeReport = (root: string, data: ReportData, losses: Losses, now: Date): string => {
  const name = `record-${now.toISOString().replace(/[:.]/g, '-')}`
  mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, folder, `${name}.md`), reportMarkdown(data, losses, now.toISOString()))
  writeFileSync(
    join(root, folder, `${name}.json`),
    `${JSON.stringify({ at: now.toISOString(), ...data, ...losses }, null, 2)}\n`,
  )
  return `${folder}/${name}.md`
}
