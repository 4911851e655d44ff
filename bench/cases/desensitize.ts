/** The desensitizer over made-up people (recall, fakes, over-masking, speed), and `scan` over ten thousand fixtures. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { countLeaks, fakesOf, megabytesASecond, overMasked, type Recall, recordOf } from '../lib/measures.ts'
import { Chance } from '../lib/people.ts'
import { limitRow, type Row } from '../lib/report.ts'
import { workspace } from '../lib/workspaces.ts'

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %`

const print = (title: string, recalls: ReadonlyMap<string, Recall>): void => {
  console.error(title)
  for (const [name, { planted, leaked, quarantined }] of recalls)
    console.error(
      `  ${name.padEnd(20)} ${percent(1 - leaked / planted).padStart(8)} of ${planted}${quarantined > 0 ? `, ${quarantined} quarantined` : ''}`,
    )
}

const row = (what: string, measured: string, budget: string, holds: boolean | undefined): Row => ({
  what,
  measured,
  budget,
  holds,
})

export const desensitizer = async (): Promise<Row[]> => {
  const leaks = countLeaks(20_261_121, 20)
  print('recall by carrier', leaks.byCarrier)
  print('recall by type', leaks.byKind)
  for (const example of leaks.examples) console.error(`  ${example}`)
  const fakes = fakesOf(3, 10_000)
  const twice = fakes.filter(({ values, fakes: different }) => values !== different)
  const invalid = fakes.filter(({ values, valid }) => values !== valid)
  const over = overMasked(5, 2_000)
  const fast = megabytesASecond(2_000, 200)
  const fresh = megabytesASecond(2_000, 2_000)
  return [
    row(
      `${leaks.planted} values over carriers and forms: leaked in any encoding`,
      `${leaks.leaked}; ${leaks.quarantined} quarantined`,
      '0',
      leaks.leaked === 0,
    ),
    row(
      '10,000 values of each of 8 types: types with two values for one fake',
      String(twice.length),
      '0',
      twice.length === 0,
    ),
    row(
      'fakes not valid by validator.js, libphonenumber-js',
      invalid.map(({ kind }) => kind).join(', ') || 'none',
      'none',
      invalid.length === 0,
    ),
    ...over.map(({ what, named, nameless }) =>
      row(
        `changed without need: ${what}`,
        `${percent(named)} under its name, ${percent(nameless)} under none`,
        'reported',
        undefined,
      ),
    ),
    row(
      'desensitizing JSON, people that come again (one of ten records is new)',
      `${fast.toFixed(1)} MB/s`,
      '>= 6 MB/s, stretch 15',
      fast >= 6,
    ),
    row('the same, five new identities in each 1.4 kB', `${fresh.toFixed(1)} MB/s`, 'reported', undefined),
    scanRow(),
  ]
}

const scanRow = (): Row => {
  const files: Record<string, string> = {
    'svc-mock.yaml': 'library: [./fixtures]\nservices: { orders: {} }\n',
  }
  for (let at = 0; at < 10_000; at++) {
    const record = recordOf(new Chance(at), at)
      .replace(/"customer":\{.*?\}\},/, '"customer":{"level":"gold"},')
      .replace(/,"cardNo":"\d+"/, '')
    files[`fixtures/orders/1.0.0/get-${at}.yaml`] =
      `mocks:\n  - name: recorded ${at}\n    request: { method: GET, path: /orders/${at} }\n    response:\n      headers: { content-type: application/json }\n      body: ${record}\n      # ${'x'.repeat(600)}\n`
  }
  const folder = workspace(files)
  const start = process.hrtime.bigint()
  execFileSync(process.execPath, [fileURLToPath(new URL('../../bin/run.js', import.meta.url)), 'scan'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return limitRow('scan of 10,000 fixtures of 2 kB', Number(process.hrtime.bigint() - start) / 1e9, 's', 10)
}
