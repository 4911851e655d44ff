/** The bench's table: printed, and kept in bench/results.md. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Ratio } from './wrk.ts'

export interface Row {
  readonly what: string
  readonly measured: string
  readonly budget: string
  readonly holds: boolean | undefined
}

const perSecond = (n: number): string => `${(n / 1000).toFixed(1)} k/s`

export const ratioRow = (what: string, ratio: Ratio, budget: number, stretch?: number): Row => ({
  what,
  measured: `${ratio.ratio.toFixed(2)} (${ratio.spread[0].toFixed(2)}–${ratio.spread[1].toFixed(2)}; ${perSecond(ratio.subject)} against ${perSecond(ratio.yardstick)})`,
  budget:
    stretch === undefined
      ? `>= ${budget.toFixed(2)}`
      : `>= ${budget.toFixed(2)}, stretch ${stretch.toFixed(2)}`,
  holds: ratio.ratio >= budget,
})

export const limitRow = (what: string, value: number, unit: string, limit: number): Row => ({
  what,
  measured: `${value >= 10 ? Math.round(value) : value.toFixed(2)} ${unit}`,
  budget: `<= ${limit} ${unit}`,
  holds: value <= limit,
})

export const floorRow = (what: string, value: number, unit: string, least: number): Row => ({
  what,
  measured: `${Math.round(value)} ${unit}`,
  budget: `>= ${least} ${unit}`,
  holds: value >= least,
})

export const noteRow = (what: string, ratio: Ratio): Row => ({
  ...ratioRow(what, ratio, 0),
  budget: 'reported',
  holds: undefined,
})

export const table = (rows: readonly Row[]): string => {
  const mark = (row: Row): string => (row.holds === undefined ? '' : row.holds ? 'yes' : '**no**')
  return [
    '| what | measured | budget | holds |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.what} | ${row.measured} | ${row.budget} | ${mark(row)} |`),
  ].join('\n')
}

export const keep = (rows: readonly Row[], tool: string): void => {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`
  const text = `# Bench results

Made by \`npm run bench\`; do not edit. Ratios are medians of rounds measured in turns in one run, with lowest
and highest behind them: read the ratios, not the bare rates, because client and servers share the machine.

- date: ${new Date().toISOString().slice(0, 10)}
- machine: ${machine}
- versions: Node ${process.versions.node}, ${tool}, code as of or just after commit ${commit}

${table(rows)}
`
  writeFileSync(new URL('../results.md', import.meta.url), text)
}
