/** How long keys live. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure } from '../failure.ts'
import { int64, maxInt64, minInt64 } from '../numbers.ts'
import { upper } from './options.ts'

interface Form {
  readonly name: string
  readonly perUnit: bigint
  readonly absolute: boolean
}

const forms: readonly Form[] = [
  { name: 'expire', perUnit: 1000n, absolute: false },
  { name: 'pexpire', perUnit: 1n, absolute: false },
  { name: 'expireat', perUnit: 1000n, absolute: true },
  { name: 'pexpireat', perUnit: 1n, absolute: true },
]

const flagsOf = (args: readonly string[]): ReadonlySet<string> => {
  const flags = new Set<string>()
  for (let i = 3; i < args.length; i++) {
    const flag = upper(args, i)
    if (!['NX', 'XX', 'GT', 'LT'].includes(flag)) throw new Failure(`ERR Unsupported option ${args[i]}`)
    flags.add(flag)
  }
  if (flags.has('NX') && flags.size > 1)
    throw new Failure('ERR NX and XX, GT or LT options at the same time are not compatible')
  if (flags.has('GT') && flags.has('LT'))
    throw new Failure('ERR GT and LT options at the same time are not compatible')
  return flags
}

const allows = (flags: ReadonlySet<string>, before: number | undefined, after: number): boolean => {
  if (flags.has('NX') && before !== undefined) return false
  if (flags.has('XX') && before === undefined) return false
  // Without a time to live a key lives for ever.
  if (flags.has('GT') && (before === undefined || after <= before)) return false
  return !(flags.has('LT') && before !== undefined && after >= before)
}

const expire =
  ({ name, perUnit, absolute }: Form) =>
  ({ db, out, server }: Client, args: readonly string[]): void => {
    const key = args[1]!
    const flags = flagsOf(args)
    const given = int64(args[2]!)
    const now = server.now()
    const at = given * perUnit + (absolute ? 0n : BigInt(now))
    if (given * perUnit > maxInt64 || given * perUnit < minInt64 || at > maxInt64)
      throw new Failure(`ERR invalid expire time in '${name}' command`)
    const entry = db.entry(key)
    if (entry === undefined || !allows(flags, entry.expiresAt, Number(at))) {
      out.integer(0)
      return
    }
    if (Number(at) <= now) {
      db.delete(key)
      db.notify('g', 'del', key)
    } else {
      db.setExpiry(key, Number(at))
      db.notify('g', 'expire', key)
    }
    out.integer(1)
  }

/** -2: no such key; -1: it stays. */
const left =
  (shown: (at: number, now: number) => number) =>
  ({ db, out, server }: Client, [, key]: readonly string[]): void => {
    const entry = db.entry(key!)
    if (entry === undefined) out.integer(-2)
    else if (entry.expiresAt === undefined) out.integer(-1)
    else out.integer(shown(entry.expiresAt, server.now()))
  }

const persist = ({ db, out }: Client, [, key]: readonly string[]): void => {
  const lasting = db.entry(key!)?.expiresAt === undefined
  if (!lasting) {
    db.setExpiry(key!, undefined)
    db.notify('g', 'persist', key!)
  }
  out.integer(lasting ? 0 : 1)
}

export const expiry: readonly Command[] = [
  ...forms.map((form) => command(form.name, -3, expire(form))),
  command(
    'ttl',
    2,
    left((at, now) => Math.floor((at - now + 500) / 1000)),
  ),
  command(
    'pttl',
    2,
    left((at, now) => at - now),
  ),
  command(
    'expiretime',
    2,
    left((at) => Math.floor((at + 500) / 1000)),
  ),
  command(
    'pexpiretime',
    2,
    left((at) => at),
  ),
  command('persist', 2, persist),
]
