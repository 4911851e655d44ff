/** Arguments that several families read alike. */
import { Failure, syntaxError } from '../failure.ts'
import { int64, maxInt64 } from '../numbers.ts'

export const upper = (args: readonly string[], i: number): string => (args[i] ?? '').toUpperCase()

/** `NX`, `XX` and the like that stand in any order behind `from`; throws on what is none. */
export const flagsFrom = (
  args: readonly string[],
  from: number,
  known: readonly string[],
): ReadonlySet<string> => {
  const flags = new Set<string>()
  for (let i = from; i < args.length; i++) {
    const flag = upper(args, i)
    if (!known.includes(flag)) throw syntaxError()
    flags.add(flag)
  }
  return flags
}

export type ExpiryUnit = 'EX' | 'PX' | 'EXAT' | 'PXAT'

const isUnit = (word: string): word is ExpiryUnit => /^(?:EX|PX|EXAT|PXAT)$/.test(word)

const invalidExpiry = (name: string): Failure => new Failure(`ERR invalid expire time in '${name}' command`)

/** When a key ends, in milliseconds since the epoch. Throws what Redis says of times that are no times. */
export const expiryOf = (unit: ExpiryUnit, text: string, now: number, name: string): number => {
  const given = int64(text)
  const invalid = (): Failure => invalidExpiry(name)
  if (given <= 0n) throw invalid()
  const ms = unit.startsWith('E') ? given * 1000n : given
  const at = unit.endsWith('AT') ? ms : ms + BigInt(now)
  if (ms > maxInt64 || at > maxInt64) throw invalid()
  return Number(at)
}

export interface StringOptions {
  readonly flags: ReadonlySet<string>
  readonly expiry: { readonly unit: ExpiryUnit; readonly text: string } | undefined
}

/** Words that exclude each other. */
const exclusive: readonly (readonly string[])[] = [
  ['NX', 'XX'],
  ['KEEPTTL', 'PERSIST', 'EX', 'PX', 'EXAT', 'PXAT'],
]

/** The options of SET and GETEX (`parseExtendedStringArgumentsOrReply`). */
export const stringOptions = (
  args: readonly string[],
  from: number,
  known: readonly string[],
): StringOptions => {
  const flags = new Set<string>()
  let expiry: StringOptions['expiry']
  for (let i = from; i < args.length; i++) {
    const word = upper(args, i)
    const clash = exclusive.some(
      (group) => group.includes(word) && group.some((one) => one !== word && flags.has(one)),
    )
    if (clash || (isUnit(word) && (expiry !== undefined || i + 1 >= args.length))) throw syntaxError()
    if (isUnit(word)) expiry = { unit: word, text: args[++i]! }
    else if (!known.includes(word)) throw syntaxError()
    flags.add(word)
  }
  return { flags, expiry }
}

/** Where a range from `start` to `stop`, both included and below 0 from the end, lies among `length`; undefined: nowhere. */
export const rangeOf = (
  start: number,
  stop: number,
  length: number,
): { readonly from: number; readonly to: number } | undefined => {
  const from = Math.max(start < 0 ? start + length : start, 0)
  const last = Math.min(stop < 0 ? stop + length : stop, length - 1)
  return from > last || from >= length ? undefined : { from, to: last + 1 }
}
