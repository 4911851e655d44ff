/** Commands about keys, whatever they hold. */
import { overlayScript } from '../../overlay-script.ts'
import type { Client } from '../client.ts'
import { type Command, command, container } from '../command.ts'
import { Failure, noSuchKey, syntaxError } from '../failure.ts'
import { integer, parseInt64 } from '../numbers.ts'
import type { Database } from '../store/database.ts'
import { StringValue } from '../store/string.ts'
import { missingFailure } from './missing.ts'
import { upper } from './options.ts'
import { matcherOf, scanOptions } from './scan.ts'

const del = ({ db, out }: Client, [, ...keys]: readonly string[]): void => {
  let gone = 0
  for (const key of keys) {
    if (!db.delete(key)) continue
    db.notify('g', 'del', key)
    gone++
  }
  out.integer(gone)
}

const exists = ({ db, out }: Client, [, ...keys]: readonly string[]): void =>
  out.integer(keys.filter((key) => db.get(key) !== undefined).length)

const all = ({ db, out }: Client, [, pattern]: readonly string[]): void => {
  const matches = matcherOf(pattern)
  out.bulks([...db.keys()].filter(matches))
}

const scan = ({ db, out }: Client, args: readonly string[]): void => {
  const { cursor, count, type, matches } = scanOptions(args, 1)
  const page = db.page(cursor, count)
  const keys = page.keys.filter((key) => matches(key) && (type === undefined || db.get(key)?.kind === type))
  out.array(2)
  out.bulk(String(page.cursor))
  out.bulks(keys)
}

const rename =
  (onlyNew: boolean) =>
  ({ db, out }: Client, args: readonly string[]): void => {
    const [, from, to] = args as [string, string, string]
    const entry = db.entry(from)
    if (entry === undefined) throw noSuchKey()
    if (from !== to && onlyNew && db.get(to) !== undefined) {
      out.integer(0)
      return
    }
    if (from === to) {
      if (onlyNew) out.integer(0)
      else out.ok()
      return
    }
    const { value, expiresAt } = entry
    db.delete(from)
    db.set(to, value)
    if (expiresAt !== undefined) db.setExpiry(to, expiresAt)
    db.notify('g', 'rename_from', from)
    db.notify('g', 'rename_to', to)
    if (onlyNew) out.integer(1)
    else out.ok()
  }

const databaseAt = (client: Client, text: string): Database | undefined =>
  client.server.databases[integer(text)]

const move = (client: Client, [, key, index]: readonly string[]): void => {
  const { db, out } = client
  const number = parseInt64(index!)
  if (number === undefined) throw new Failure('ERR value is not an integer or out of range')
  const target = client.server.databases[Number(number)]
  if (target === undefined) throw new Failure('ERR DB index is out of range')
  if (target === db) throw new Failure('ERR source and destination objects are the same')
  const entry = db.entry(key!)
  if (entry === undefined || target.get(key!) !== undefined) {
    out.integer(0)
    return
  }
  const { value, expiresAt } = entry
  db.delete(key!)
  target.set(key!, value)
  if (expiresAt !== undefined) target.setExpiry(key!, expiresAt)
  db.notify('g', 'move_from', key!)
  target.notify('g', 'move_to', key!)
  out.integer(1)
}

const copy = (client: Client, args: readonly string[]): void => {
  const [, from, to] = args as [string, string, string]
  const { db, out } = client
  let [target, replace]: [Database, boolean] = [db, false]
  for (let i = 3; i < args.length; i++) {
    const word = upper(args, i)
    if (word === 'REPLACE') replace = true
    else if (word === 'DB' && i + 1 < args.length) {
      const asked = databaseAt(client, args[++i]!)
      if (asked === undefined) throw new Failure('ERR DB index is out of range')
      target = asked
    } else throw syntaxError()
  }
  if (target === db && from === to) throw new Failure('ERR source and destination objects are the same')
  out.integer(copied(db, from, target, to, replace) ? 1 : 0)
}

const copied = (db: Database, from: string, target: Database, to: string, replace: boolean): boolean => {
  const entry = db.entry(from)
  if (entry === undefined || (target.get(to) !== undefined && !replace)) return false
  target.set(to, entry.value.clone())
  if (entry.expiresAt !== undefined) target.setExpiry(to, entry.expiresAt)
  target.notify('g', 'copy_to', to)
  return true
}

/** Does what the session's own script says, and no other. */
const evaluate = ({ db, out }: Client, args: readonly string[]): void => {
  const [, script, count, mark, key, own] = args
  if (script !== overlayScript || count !== '3' || args.length !== 6) throw missingFailure('EVAL')
  if (db.get(mark!) === undefined) {
    copied(db, key!, db, own!, false)
    db.set(mark!, new StringValue('1'))
    db.notify('$', 'set', mark!)
  }
  out.integer(1)
}

const object =
  (run: (client: Client, key: string) => void) =>
  (client: Client, args: readonly string[]): void => {
    if (client.db.get(args[2]!) === undefined) client.out.null()
    else run(client, args[2]!)
  }

const usage = (client: Client, args: readonly string[]): void => {
  const value = client.db.get(args[2]!)
  if (args.length > 3 && (upper(args, 3) !== 'SAMPLES' || args.length !== 5)) throw syntaxError()
  if (value === undefined) client.out.null()
  else client.out.integer(64 + args[2]!.length + sizeOf(value))
}

/** About what is held; not what Redis' allocator would take. */
const sizeOf = (value: NonNullable<ReturnType<Database['get']>>): number => {
  if (value.kind === 'string' || value.kind === 'list') return value.length
  return 16 * (value.kind === 'stream' ? value.length : value.size)
}

const help =
  (name: string) =>
  (client: Client): void =>
    client.out.bulks([`${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`])

export const keys: readonly Command[] = [
  command('del', -2, del),
  command('unlink', -2, del),
  command('exists', -2, exists),
  command('touch', -2, exists),
  command('type', 2, ({ db, out }, [, key]) => out.simple(db.get(key!)?.kind ?? 'none')),
  command('keys', 2, all),
  command('scan', -2, scan),
  command('randomkey', 1, ({ db, out, server }) => out.maybe(db.anyKey(server.random))),
  command('dbsize', 1, ({ db, out }) => out.integer(db.size)),
  command('rename', 3, rename(false)),
  command('renamenx', 3, rename(true)),
  command('move', 3, move),
  command('copy', -3, copy),
  command('eval', -1, evaluate),
  container('object', [
    ['encoding', 3, object(({ db, out }, key) => out.bulk(db.get(key)!.encoding))],
    ['refcount', 3, object(({ out }) => out.integer(1))],
    ['idletime', 3, object(({ out }) => out.integer(0))],
    [
      'freq',
      3,
      object(() => {
        throw new Failure(
          'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
        )
      }),
    ],
    ['help', 2, help('OBJECT')],
  ]),
  container('memory', [
    ['usage', -3, usage],
    ['doctor', 2, ({ out }) => out.bulk('Hi Sam, this instance is empty or is using very little memory.')],
    ['help', 2, help('MEMORY')],
  ]),
]
