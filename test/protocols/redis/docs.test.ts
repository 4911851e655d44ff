/** docs/redis.md lists what is refused, and UPDATE_DOCS=1 writes the list; its examples are right. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CommandTable } from '../../../src/protocols/redis/commands/table.ts'
import { refusedNames } from '../../../src/protocols/redis/treatments/refused.ts'
import { runProgram } from '../../support/spawn.ts'
import { makeFolder } from '../../support/spawn-workspace.ts'

const page = new URL('../../../docs/redis.md', import.meta.url)

it('lists every refused command', () => {
  const names = refusedNames(new CommandTable().all())
  const list = names.map((name) => `\`${name}\``).join(', ')
  const text = readFileSync(page, 'utf8')
  const wanted = text.replace(
    /(<!-- refused:[^>]*-->\n)[\s\S]*(<!-- \/refused -->)/,
    (_all, begin: string, end: string) => `${begin}${list}\n${end}`,
  )
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, wanted)
  expect(readFileSync(page, 'utf8')).toBe(wanted)
  for (const name of [
    'SHUTDOWN',
    'CONFIG SET',
    'FUNCTION LOAD',
    'MIGRATE',
    'DEBUG',
    'REPLICAOF',
    'ACL SETUSER',
  ])
    expect(names).toContain(name)
  for (const name of ['GET', 'FLUSHALL', 'KEYS', 'CONFIG GET', 'INFO']) expect(names).not.toContain(name)
})

it('has examples that are right', async () => {
  const blocks = [
    ...readFileSync(page, 'utf8').matchAll(/^```yaml\n# (mock file|drill)\n([\s\S]*?)^```/gm),
  ].map(([, kind, yaml], i) => [kind === 'drill' ? `drills/d${i}.yaml` : `mocks/cache/m${i}.yaml`, yaml!])
  expect(blocks.filter(([name]) => name!.startsWith('drills'))).toHaveLength(3)
  const cwd = makeFolder({
    'svc-mock.yaml':
      'services: { cache: { protocol: redis, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:1 } }\n',
    ...Object.fromEntries(blocks),
  })
  const checked = await runProgram(['check'], { cwd })
  expect(checked.stdout).not.toMatch(/\b(error|warning)\b/)
  expect(checked.code).toBe(0)
  expect((await runProgram(['test', 'mocks'], { cwd })).code).toBe(0)
})
