/**
 * Writes src/protocols/redis/commands/specifications.ts from the command specifications that come with Redis' sources up to 7.2
 * (BSD licence): node scripts/redis-commands.ts <redis sources>/src/commands
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface KeySpec {
  readonly flags: readonly string[]
  readonly begin_search: { index?: { pos: number }; keyword?: { keyword: string; startfrom: number } }
  readonly find_keys: {
    range?: { lastkey: number; step: number; limit: number }
    keynum?: { keynumidx: number; firstkey: number; step: number }
  }
}
interface Specification {
  readonly container?: string
  readonly command_flags?: readonly string[]
  readonly acl_categories?: readonly string[]
  readonly key_specs?: readonly KeySpec[]
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node scripts/redis-commands.ts <redis sources>/src/commands')
  process.exit(2)
}

const spec = ({ flags, begin_search: begin, find_keys: find }: KeySpec): string => {
  if (flags.includes('INCOMPLETE')) return '?'
  const access = flags.includes('NOT_KEY') ? 'C' : flags.includes('RO') ? 'R' : 'W'
  const { index, keyword } = begin
  const from =
    index !== undefined
      ? `i${index.pos}`
      : keyword !== undefined
        ? `k${keyword.keyword},${keyword.startfrom}`
        : ''
  const { range, keynum } = find
  const to =
    range !== undefined
      ? `r${range.lastkey},${range.step},${range.limit}`
      : keynum !== undefined
        ? `n${keynum.keynumidx},${keynum.firstkey},${keynum.step}`
        : ''
  return from === '' || to === '' ? '?' : `${access}:${from}:${to}`
}

const line = (
  name: string,
  { command_flags = [], acl_categories = [], key_specs = [] }: Specification,
): string => {
  const has = (flag: string, letter: string): string => (command_flags.includes(flag) ? letter : '')
  const guarded = command_flags.includes('ADMIN') || acl_categories.includes('DANGEROUS') ? 'd' : ''
  const flags = `${has('READONLY', 'r')}${has('WRITE', 'w')}${guarded}` || '-'
  return [name, flags, ...key_specs.map(spec)].join(' ')
}

const commands = new Map<string, string>()
const inner = new Map<string, string[]>()
for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith('.json')) continue
  const parsed = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Specification>
  for (const [name, found] of Object.entries(parsed)) {
    if (found.container === undefined) commands.set(name, line(name, found))
    else inner.set(found.container, [...(inner.get(found.container) ?? []), line(name, found)])
  }
}
const lines = [...commands]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, text]) => [text, ...(inner.get(name) ?? []).sort()].join(' / '))

writeFileSync(
  new URL('../src/protocols/redis/commands/specifications.ts', import.meta.url),
  `/**
 * Where the keys of each command are. Made by scripts/redis-commands.ts of the command specifications that come with Redis 7.0;
 * do not edit.
 *
 * Copyright (c) 2006-2020, Salvatore Sanfilippo. All rights reserved. Redistributed under the 3-clause BSD licence; its text is in
 * LICENSE.redis.txt beside this file.
 *
 * One command a line, its subcommands behind \` / \`: name, flags, key specifications. Flags: r reads, w writes, d is called
 * dangerous or administrative. A specification is access (R read, W write, C a channel and no key), where to begin (i<argument>,
 * k<keyword>,<from>) and what to take (r<last>,<step>,<limit> or n<count's offset>,<first's offset>,<step>); \`?\`: not said.
 */
export const specifications = \`
${lines.join('\n')}
\`
`,
)
