/** What a key can hold. Texts are bytes, one character each. */
import type { HashValue } from './hash.ts'
import type { ListValue } from './list.ts'
import type { SetValue } from './set.ts'
import type { SortedSetValue } from './sorted-set.ts'
import type { StreamValue } from './stream.ts'
import type { StringValue } from './string.ts'

export type Value = StringValue | HashValue | ListValue | SetValue | SortedSetValue | StreamValue

export type Kind = Value['kind']

export const isInteger64 = (text: string): boolean =>
  text.length <= 20 && /^(?:0|-?[1-9]\d*)$/.test(text) && (text.length < 19 || fits(text))

const fits = (text: string): boolean => BigInt.asIntN(64, BigInt(text)) === BigInt(text)
