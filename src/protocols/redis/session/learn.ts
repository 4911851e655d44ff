/** A command that the table does not have: the server is asked, on the client's connection and with its rights. */
import { liveCommand } from '../commands/live.ts'
import type { Command, CommandTable } from '../commands/table.ts'
import { isError } from '../resp/value.ts'
import { word } from '../treatments/treatment.ts'
import type { Session } from './session.ts'
import { treat } from './treat.ts'

/** Then the command goes its way, or is refused by name. */
export const learn = async (
  args: readonly Buffer[],
  table: CommandTable,
  session: Session,
): Promise<void> => {
  const [first] = args
  const container = table.find(first!, 0, first!.length)
  const name = container === undefined ? word(args, 0) : `${container.name}|${word(args, 1)}`
  // COMMAND INFO takes `config|get` for a subcommand, and as a command there is none of such a name.
  if (first!.includes(124) || table.isUnknown(name)) {
    session.forward(args)
    return
  }
  if (session.transaction.open) {
    session.refuse(`ERR svc-mock does not know ${shown(name)} and cannot ask the server inside MULTI`)
    return
  }
  const reply = await session.ask('COMMAND', 'INFO', name)
  if (isError(reply)) {
    session.answer(reply)
    return
  }
  const [told] = reply.items ?? []
  if (told?.items === undefined) {
    // The server says so in its own words.
    table.setUnknown(name)
    session.forward(args)
    return
  }
  const live = liveCommand(told, container?.name)
  if (live === undefined || live.name !== name.replace('|', ' ')) {
    session.refuse(
      `ERR svc-mock refuses ${shown(name)}: the server does not say which of its arguments are keys`,
    )
    return
  }
  if (container === undefined) table.add(live)
  else table.addInner(container, live)
  const command: Command | undefined = session.find(args)
  if (command !== undefined) treat(command, args, session)
  else session.refuse(`ERR svc-mock does not know ${shown(name)}`)
}

const shown = (name: string): string => name.slice(0, 60).replace(/[^\x20-\x7e]/g, '?')
