/** docs/redis.md lists what is refused; UPDATE_DOCS=1 writes the list. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CommandTable } from '../../../src/protocols/redis/commands/table.ts'
import { refusedNames } from '../../../src/protocols/redis/treatments/refused.ts'

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
