/** A command that nobody sent: what `explain` asks about, and examples. */
import type { Tenant } from '../../core/call.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { RedisCall } from './call.ts'
import { keysOf } from './commands/key-positions.ts'
import { type Command, CommandTable } from './commands/table.ts'
import { splitInline } from './resp/inline.ts'

/** `args`: the command's words first. */
export const imaginedCommand = (
  args: readonly Buffer[],
  service: ServiceEntry,
  tenant: Tenant,
  resp: 2 | 3 = 3,
): RedisCall => {
  const command = commandIn(args, new CommandTable())
  return new RedisCall({
    id: 0,
    tenant,
    service,
    name: command?.name ?? args[0]!.toString('latin1').toUpperCase(),
    args,
    keys: keysIn(args, command),
    resp,
    unmocked: false,
    signal: () => new AbortController().signal,
    ask: () => Promise.reject(new Error('an imagined command is not sent')),
  })
}

/** As redis-cli reads a line; undefined: its quotes do not fit, or there is nothing. */
export const commandLine = (line: string): readonly Buffer[] | undefined => {
  const args = splitInline(Buffer.from(line))
  return args === undefined || args.length === 0 ? undefined : args
}

/** The command or subcommand, where the table knows it. */
export const commandIn = (args: readonly Buffer[], table: CommandTable): Command | undefined => {
  const [name] = args
  const command = table.find(name!, 0, name!.length)
  if (command?.inner === undefined || args.length === 1) return command
  return command.inner.get(args[1]!.toString('latin1').toUpperCase())
}

/** The keys among the arguments. Of a command that nobody knows it is taken to be the first one. */
export const keysIn = (args: readonly Buffer[], command: Command | undefined): readonly Buffer[] => {
  if (command === undefined) return args.slice(1, 2)
  if (!command.hasKeys) return []
  const found: Buffer[] = []
  keysOf(command.specs, { argc: args.length, text: (i) => args[i]?.toString('latin1') ?? '' }, (i) =>
    found.push(args[i]!),
  )
  return found
}
