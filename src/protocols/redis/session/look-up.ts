/** A command that somebody needs to know of before it is sent. */
import { liveCommand } from '../commands/live.ts'
import type { Command, CommandTable } from '../commands/table.ts'
import { word } from '../treatments/treatment.ts'
import type { Session } from './session.ts'

/** The command, asked for where the table does not have it; undefined: the server does not know it either, or says too little. */
export const lookUp = async (
  args: readonly Buffer[],
  table: CommandTable,
  session: Session,
): Promise<Command | undefined> => {
  const [first] = args
  const container = table.find(first!, 0, first!.length)
  const name = container === undefined ? word(args, 0) : `${container.name}|${word(args, 1)}`
  if (first!.includes(124) || table.isUnknown(name)) return undefined
  const [told] = (await session.ask('COMMAND', 'INFO', name)).items ?? []
  const live = told?.items === undefined ? undefined : liveCommand(told, container?.name)
  if (live === undefined || live.name !== name.replace('|', ' ')) return undefined
  if (container === undefined) table.add(live)
  else table.addInner(container, live)
  return session.find(args)
}
