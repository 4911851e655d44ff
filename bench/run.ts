/** `npm run bench [case …]`: measures the budgets, prints the table and keeps it in bench/results.md. */

import { contracts } from './cases/contracts.ts'
import { desensitizer } from './cases/desensitize.ts'
import { embeddedKafka } from './cases/embedded-kafka.ts'
import { enforce } from './cases/enforce.ts'
import { grpc } from './cases/grpc.ts'
import { http2 } from './cases/http2.ts'
import { kafka } from './cases/kafka.ts'
import { largeBodies, passthrough } from './cases/passthrough.ts'
import { patch } from './cases/patch.ts'
import { record } from './cases/record.ts'
import { redis } from './cases/redis.ts'
import { scripts } from './cases/scripts.ts'
import { startup } from './cases/startup.ts'
import { bodyMocks, staticMocks } from './cases/static.ts'
import { tenants } from './cases/tenants.ts'
import { tls } from './cases/tls.ts'
import { keep, type Row, table } from './lib/report.ts'
import { removeWorkspaces } from './lib/workspaces.ts'
import { wrkVersion } from './lib/wrk.ts'

const cases: Readonly<Record<string, () => Promise<Row[]>>> = {
  static: staticMocks,
  body: bodyMocks,
  passthrough,
  tenants,
  http2,
  grpc,
  patch,
  record,
  large: largeBodies,
  redis,
  kafka,
  embeddedKafka,
  tls,
  scripts,
  desensitize: desensitizer,
  contracts,
  enforce,
  startup,
}

const tool = wrkVersion()
if (tool === undefined) {
  console.error('The bench needs wrk (Debian and Homebrew: package wrk); it is not on this machine.')
  process.exit(3)
}
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in cases))
if (unknown.length > 0) {
  console.error(`No such case: ${unknown.join(', ')}. There are: ${Object.keys(cases).join(', ')}`)
  process.exit(2)
}
const rows: Row[] = []
try {
  for (const [name, measure] of Object.entries(cases)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    console.error(`measuring: ${name}`)
    rows.push(...(await measure()))
  }
} finally {
  removeWorkspaces()
}
console.log(table(rows))
// A part of the cases is a look, not a result.
if (asked.length === 0) keep(rows, tool)
process.exitCode = rows.some((row) => row.holds === false) ? 1 : 0
