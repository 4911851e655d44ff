/** COMMAND: what can be asked for here. Where keys are is read from the published specifications. */
import { keysOf } from '../../commands/key-positions.ts'
import { CommandTable, type Command as Specified } from '../../commands/table.ts'
import type { Client } from '../client.ts'
import { type Command, container } from '../command.ts'
import { Failure } from '../failure.ts'
import type { ReplyWriter } from '../reply-writer.ts'

/** Of all commands, which `all` gives once they are there. */
export const commandCommand = (all: () => ReadonlyMap<string, Command>): Command => {
  let table: CommandTable | undefined
  const specified = (name: string): Specified | undefined => {
    table ??= new CommandTable()
    const bytes = Buffer.from(name)
    return table.find(bytes, 0, bytes.length)
  }
  const tell = (out: ReplyWriter, { name, arity, inner }: Command): void => {
    const spec = specified(name)
    out.array(10)
    out.bulk(name)
    out.integer(arity)
    out.set(1)
    out.simple(spec?.reads === true ? 'readonly' : spec?.hasKeys === true ? 'write' : 'fast')
    for (const place of [spec?.first, spec?.first === 0 ? 0 : spec?.last, spec?.first === 0 ? 0 : spec?.step])
      out.integer(place ?? 0)
    out.set(0)
    out.array(0)
    out.array(0)
    const own = [...(inner?.values() ?? [])]
    out.array(own.length)
    for (const sub of own) tell(out, sub)
  }
  const some = ({ out }: Client, names: readonly string[]): void => {
    out.array(names.length)
    for (const name of names) {
      const [first, second] = name.toUpperCase().split('|')
      const found = all().get(first!)
      const one = second === undefined ? found : found?.inner?.get(second)
      if (one === undefined) out.nullArray()
      else tell(out, one)
    }
  }
  const names = (): readonly string[] => [...all().values()].map(({ name }) => name)
  const getKeys = ({ out }: Client, [, , ...args]: readonly string[]): void => {
    const spec = specified(args[0]!)
    if (spec === undefined) throw new Failure('ERR Invalid command specified')
    const keys: string[] = []
    keysOf(spec.specs, { argc: args.length, text: (i) => args[i] ?? '' }, (i) => keys.push(args[i]!))
    if (keys.length === 0) throw new Failure('ERR The command has no key arguments')
    out.bulks(keys)
  }
  return {
    ...container('command', [
      ['count', 2, ({ out }) => out.integer(all().size)],
      ['list', -2, ({ out }) => out.bulks(names())],
      ['info', -2, (client, args) => some(client, args.length > 2 ? args.slice(2) : names())],
      ['docs', -2, ({ out }) => out.map(0)],
      ['getkeys', -3, getKeys],
    ]),
    arity: -1,
    run: (client) => some(client, names()),
  }
}
