/** One set of groups through WireMock and through svc-mock after `import wiremock`, and where they part. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportTo } from '../../../src/app/exports/export-to.ts'
import { wiremockExport } from '../../../src/app/exports/wiremock/wiremock.ts'
import { importFrom } from '../../../src/app/imports/import-from.ts'
import { wiremockFormat } from '../../../src/app/imports/wiremock/wiremock.ts'
import { startProxy } from '../../../src/app/start.ts'
import { openWorkspace } from '../../../src/app/workspace.ts'
import { workspace } from '../../support/workspace.ts'
import { type Came, Client, type Sent } from './client.ts'
import type { Group, Stub } from './generate.ts'

export interface Disagreement {
  readonly kind: string
  readonly sent: Sent
  readonly wiremock: string
  /** What WireMock answers on a connection of its own. */
  readonly again: string
  readonly ours: string
  readonly stubs: readonly Stub[]
}

export interface Compared {
  readonly pairs: number
  /** Pairs that some stub of WireMock's answered. */
  readonly matched: number
  readonly byKind: ReadonlyMap<string, number>
  readonly disagreements: readonly Disagreement[]
  /** Stubs that could not be imported, with why: their groups are not asked. */
  readonly notPossible: readonly string[]
}

/** `again`: WireMock is given what `export wiremock` makes of the imported mocks, and not the stubs themselves. */
export const compare = async (groups: readonly Group[], real: Client, again = false): Promise<Compared> => {
  await real.ask({ method: 'DELETE', path: '/__admin/mappings' })
  await real.ask({ method: 'POST', path: '/__admin/scenarios/reset' })
  const space = workspace({ 'svc-mock.yaml': 'services: { wm: { listen: 127.0.0.1:0 } }\n' }, false)
  const file = join(space.folder, 'stubs.json')
  writeFileSync(file, JSON.stringify({ mappings: groups.flatMap(({ stubs }) => stubs) }))
  const { config: before } = openWorkspace({ cwd: space.folder, env: {} })
  const result = await importFrom(wiremockFormat, 'stubs.json', {
    config: before,
    cwd: space.folder,
    service: 'wm',
    version: undefined,
    seed: '',
    allowRemoteRefs: false,
  })
  const refused = result.entries.filter(({ outcome }) => outcome === 'not possible')
  const skipped = new Set(refused.map(({ name }) => name.slice(0, name.lastIndexOf('-'))))
  const { config } = openWorkspace({ cwd: space.folder, env: {} })
  if (again) {
    const out = join(space.folder, 'exported')
    const exported = await exportTo(wiremockExport, config, {
      paths: [],
      service: undefined,
      out,
      version: '0',
    })
    for (const { outcome, name } of exported.entries)
      if (outcome === 'not possible') skipped.add(name.slice(0, name.lastIndexOf('-')))
    refused.push(...exported.entries.filter(({ outcome }) => outcome === 'not possible'))
    await load(real, JSON.parse(readFileSync(join(out, 'wm/mappings/wm.json'), 'utf8')) as Exported)
  }
  const asked = groups.filter(({ prefix }) => !skipped.has(prefix))
  const running = await startProxy({
    config: { ...config, listen: { host: '127.0.0.1', port: 0 } },
    watch: false,
  })
  const port = Number(
    running
      .services()
      .find(({ name }) => name === 'wm')!
      .listen!.split(':')
      .at(-1),
  )
  const ours = new Client(port)
  const disagreements: Disagreement[] = []
  const byKind = new Map<string, number>()
  let pairs = 0
  let matched = 0
  try {
    await inTurns(asked, 10, async (group) => {
      for (const stub of again ? [] : group.stubs) {
        const { status, body } = await real.ask({
          method: 'POST',
          path: '/__admin/mappings',
          body: JSON.stringify(stub),
        })
        if (status !== 201) throw new Error(`WireMock refused ${JSON.stringify(stub)}: ${body.slice(0, 400)}`)
      }
      for (const sent of group.requests) {
        const [theirs, own] = await Promise.all([real.ask(sent), ours.ask(sent)])
        pairs++
        byKind.set(group.kind, (byKind.get(group.kind) ?? 0) + 1)
        const names = namedHeaders(group.stubs)
        const [one, other] = [seen(theirs, names), seen(own, names)]
        if (!one.startsWith('no stub')) matched++
        if (one === other) continue
        // Jetty finds header lines of a connection again without regard to case: on a connection of its own it does not.
        const again =
          group.kind === 'scenario' || group.kind === 'mixed' ? one : seen(await real.afresh(sent), names)
        const { kind, stubs } = group
        disagreements.push({ kind, sent, wiremock: one, again, ours: other, stubs })
      }
    })
  } finally {
    ours.close()
    await running.close(0)
  }
  return {
    pairs,
    matched,
    byKind,
    disagreements,
    notPossible: refused.map(({ name, notes }) => `${name}: ${notes[0]?.text}`),
  }
}

interface Exported {
  readonly mappings: readonly unknown[]
}

/** The admin API takes the first of a list for the newest, a file in mappings/ the last. */
const load = async (real: Client, { mappings }: Exported): Promise<void> => {
  const body = JSON.stringify({
    mappings: mappings.toReversed(),
    importOptions: { duplicatePolicy: 'OVERWRITE', deleteAllNotInImport: true },
  })
  const { status, body: problem } = await real.ask({ method: 'POST', path: '/__admin/mappings/import', body })
  if (status !== 200) throw new Error(`WireMock refused what was exported: ${problem.slice(0, 600)}`)
}

const inTurns = async <T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < items.length) await work(items[next++]!)
    }),
  )
}

/** Headers that a stub names itself; all others are each program's own. */
const namedHeaders = (stubs: readonly Stub[]): ReadonlySet<string> =>
  new Set(
    stubs.flatMap(({ response }) =>
      Object.keys((response as { headers?: Record<string, unknown> }).headers ?? {}).map((name) =>
        name.toLowerCase(),
      ),
    ),
  )

/** Status, reason, named headers and body as one text; a miss and a broken connection as such. */
const seen = ({ status, statusText, body, headers }: Came, names: ReadonlySet<string>): string => {
  if (status === 0) return 'broken'
  const has = (name: string): boolean => headers.some((one, i) => i % 2 === 0 && one.toLowerCase() === name)
  const answered = has('x-stub') || has('matched-stub-id')
  if (has('x-svc-mock-error')) return 'no stub'
  if (status === 404 && !answered && names.has('x-stub')) return 'no stub'
  if (status === 404 && /Request was not matched|no stub mappings/.test(body)) return 'no stub'
  const named = headers
    .flatMap((name, i) =>
      i % 2 === 0 && names.has(name.toLowerCase()) ? [`${name.toLowerCase()}: ${headers[i + 1]}`] : [],
    )
    .sort()
  return [`${status} ${statusText}`, ...named, body].join('\n')
}
