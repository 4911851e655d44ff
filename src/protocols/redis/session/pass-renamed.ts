/** The plain way of a command: its bytes as they came, with the prefix before each of its keys. */
import { type ArgumentsView, keysOf } from '../commands/key-positions.ts'
import type { Command } from '../commands/table.ts'
import type { RequestParser } from '../resp/request-parser.ts'
import type { OutBuffer } from './out-buffer.ts'

/** The arguments of the command that the parser has at the moment. */
export const viewOf = (parser: RequestParser): ArgumentsView => ({
  get argc() {
    return parser.argc
  },
  text: (i) => parser.source.toString('latin1', parser.starts[i], parser.ends[i]),
})

/** `view`: the parser's arguments. */
export const passRenamed = (
  command: Command,
  parser: RequestParser,
  view: ArgumentsView,
  out: OutBuffer,
  prefix: Buffer,
): void => {
  if (prefix.length === 0) {
    out.pass(parser.source, parser.from, parser.to)
    return
  }
  const { argc } = parser
  let from = parser.from
  if (command.first > 0) {
    const last = command.last < 0 ? argc + command.last : Math.min(command.last, argc - 1)
    for (let i = command.first; i <= last; i += command.step) from = prefixed(parser, from, i, out, prefix)
  } else if (command.hasKeys) {
    const places: number[] = []
    keysOf(command.specs, view, (i) => places.push(i))
    places.sort((a, b) => a - b)
    for (const i of places) from = prefixed(parser, from, i, out, prefix)
  }
  out.pass(parser.source, from, parser.to)
}

/** The bytes from `from` to key `i`, its new length and the prefix. Returns where the key itself begins. */
const prefixed = (parser: RequestParser, from: number, i: number, out: OutBuffer, prefix: Buffer): number => {
  const start = parser.starts[i]!
  // Behind the line end of the argument before.
  out.pass(parser.source, from, parser.ends[i - 1]! + 2)
  out.head(parser.ends[i]! - start + prefix.length, prefix)
  return start
}
