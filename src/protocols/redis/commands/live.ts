/** A command as a server tells of it (COMMAND INFO, Redis 7.0 and later, where it names its key specifications). */
import type { Resp } from '../resp/value.ts'
import type { KeySpec } from './key-positions.ts'
import { type Command, commandOf } from './table.ts'

/** undefined: the server says too little to be sure of its keys. `entry`: one element of COMMAND INFO's reply. */
export const liveCommand = ({ items }: Resp, container = ''): Command | undefined => {
  if (items === undefined || items.length < 10) return undefined
  const [name, , flags, firstKey, , , categories, , specs, inner] = items
  const flagNames = textsOf(flags)
  const own = (textOf(name).split('|').at(-1) ?? '').toUpperCase()
  const read = (specs?.items ?? []).map(specOf)
  const innerCommands = (inner?.items ?? []).map((sub) => liveCommand(sub, own))
  if (innerCommands.some((command) => command === undefined)) return undefined
  if (read.length === 0 && (textOf(firstKey) !== '0' || flagNames.includes('movablekeys'))) return undefined
  const command = commandOf({
    name: container === '' ? own : `${container} ${own}`,
    reads: flagNames.includes('readonly'),
    dangerous: flagNames.includes('admin') || textsOf(categories).includes('@dangerous'),
    specs: read,
    inner:
      innerCommands.length === 0
        ? undefined
        : new Map(innerCommands.map((sub) => [sub!.name.split(' ')[1]!, sub!])),
  })
  return command.incomplete ? undefined : command
}

const specOf = (reply: Resp): KeySpec | undefined => {
  const spec = fieldsOf(reply)
  const flags = textsOf(spec.get('flags')).map((flag) => flag.toUpperCase())
  const begin = typed(spec.get('begin_search'))
  const find = typed(spec.get('find_keys'))
  if (begin === undefined || find === undefined || flags.includes('INCOMPLETE')) return undefined
  const from = beginOf(begin)
  const to = findOf(find)
  if (from === undefined || to === undefined) return undefined
  return { reads: flags.includes('RO'), channels: flags.includes('NOT_KEY'), begin: from, find: to }
}

interface Typed {
  readonly type: string
  number(name: string): number
  text(name: string): string
}

const beginOf = ({ type, number, text }: Typed): KeySpec['begin'] | undefined => {
  if (type === 'index') return { kind: 'index', at: number('index') }
  if (type !== 'keyword') return undefined
  return { kind: 'keyword', word: text('keyword').toUpperCase(), from: number('startfrom') }
}

const findOf = ({ type, number }: Typed): KeySpec['find'] | undefined => {
  const step = Math.max(number('keystep'), 1)
  if (type === 'range') return { kind: 'range', last: number('lastkey'), step, limit: number('limit') }
  if (type !== 'keynum') return undefined
  return { kind: 'count', countAt: number('keynumidx'), first: number('firstkey'), step }
}

const typed = (reply: Resp | undefined): Typed | undefined => {
  if (reply === undefined) return undefined
  const fields = fieldsOf(reply)
  const inner = fields.get('spec')
  if (inner === undefined) return undefined
  const values = fieldsOf(inner)
  return {
    type: textOf(fields.get('type')),
    number: (name) => Number(textOf(values.get(name))) || 0,
    text: (name) => textOf(values.get(name)),
  }
}

/** A map of RESP3, or the same as an array. */
const fieldsOf = ({ items = [] }: Resp): Map<string, Resp> => {
  const fields = new Map<string, Resp>()
  for (let i = 0; i + 1 < items.length; i += 2) fields.set(textOf(items[i]), items[i + 1]!)
  return fields
}

const textOf = (reply: Resp | undefined): string => reply?.text?.toString('latin1') ?? ''
const textsOf = (reply: Resp | undefined): readonly string[] => (reply?.items ?? []).map(textOf)
