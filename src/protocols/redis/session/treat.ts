/** What treatments and the session do with a command that does not pass plainly. */
import { type ArgumentsView, keysOf } from '../commands/key-positions.ts'
import type { Command, CommandTable } from '../commands/table.ts'
import { Refusal } from '../refusal.ts'
import { isError, type Resp } from '../resp/value.ts'
import { treatmentOf } from '../treatments/index.ts'
import { refusal } from '../treatments/refused.ts'
import { type Treatment, word } from '../treatments/treatment.ts'
import { hearing } from './hearing.ts'
import { lookUp } from './look-up.ts'
import { overlayKeys, resolveOverlay, touchCommand } from './overlay.ts'
import type { Session } from './session.ts'
import { isSessionCommand, sessionCommand } from './session-commands.ts'
import type { Take } from './transaction.ts'

/** A command that is known. */
export const treat = (command: Command, args: readonly Buffer[], session: Session): void => {
  if (session.refuses(command)) {
    session.refuse(refusal(command.name))
    return
  }
  const name = command.name.split(' ', 1)[0]!
  if (command.hasKeys) session.settle()
  try {
    if (isSessionCommand(name) || (name === 'CLIENT' && word(args, 1) === 'REPLY'))
      sessionCommand(args, session)
    else treated(command, name, args, session)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    session.refuse(error.message)
  }
}

const treated = (command: Command, name: string, args: readonly Buffer[], session: Session): void => {
  const treatment: Treatment | undefined = treatmentOf(command.name, session.names)
  if (treatment?.answer !== undefined) {
    const { answer } = treatment
    if (session.transaction.open) throw new Refusal(`ERR svc-mock cannot do ${name} inside MULTI`)
    void session.meanwhile(async () => session.answer(await answer(args, session)))
    return
  }
  const take = takeOf(treatment, name, args, session)
  const wire = treatment?.request === undefined ? session.renamed(args) : treatment.request(args, session)
  const overlaid = overlaidIn(command, args, session)
  if (overlaid.length === 0) session.forward(wire, take)
  else if (session.transaction.open) {
    for (const { key } of overlaid) session.aside(touchCommand(key, session.names))
    session.forward(wire, take)
  } else
    void session.meanwhile(async () => {
      for (const overlay of overlaid) await resolveOverlay(overlay, wire, session)
      session.forward(wire, take)
    })
}

/**
 * Asks the server what a command would be answered, as the client would see it; one that is not known yet is looked up. Rejects
 * with a Refusal where the command is none that can be asked.
 */
export const realReply = async (
  command: Command | undefined,
  args: readonly Buffer[],
  session: Session,
  table: CommandTable,
): Promise<Resp> => {
  if (session.transaction.open)
    throw new Refusal(`ERR svc-mock cannot ask the server for ${word(args, 0)} inside MULTI`)
  return hearing(session, async () => {
    const known = command ?? (await lookUp(args, table, session))
    return known === undefined ? session.ask(...args) : asked(known, args, session)
  })
}

const asked = async (command: Command, args: readonly Buffer[], session: Session): Promise<Resp> => {
  if (session.refuses(command)) throw new Refusal(refusal(command.name))
  const name = command.name.split(' ', 1)[0]!
  if (isSessionCommand(name)) throw new Refusal(`ERR svc-mock cannot ask the server for ${name} alone`)
  const treatment = treatmentOf(command.name, session.names)
  if (treatment?.answer !== undefined) return treatment.answer(args, session)
  const take = takeOf(treatment, name, args, session)
  const wire = treatment?.request === undefined ? session.renamed(args) : treatment.request(args, session)
  for (const overlay of overlaidIn(command, args, session)) await resolveOverlay(overlay, wire, session)
  const reply = await session.ask(...wire)
  if (isError(reply)) return { ...reply, text: session.names.hide(reply.text!) }
  return take?.(reply) ?? reply
}

const overlaidIn = (command: Command, args: readonly Buffer[], { names }: Session) =>
  names.hasOverlay ? overlayKeys(command, viewOf(args), args, names) : []

const takeOf = (
  treatment: Treatment | undefined,
  name: string,
  args: readonly Buffer[],
  session: Session,
): Take | undefined => {
  if (name === 'HELLO') {
    const said = args[1]?.toString('latin1')
    const agreed = session.hello(said === '3' ? 3 : said === '2' ? 2 : undefined)
    return (answered) => {
      agreed()
      return answered
    }
  }
  const reply = treatment?.reply
  if (reply === undefined) return undefined
  // The arguments are views of a chunk; a reply may take long.
  const kept = args.map((arg) => Buffer.from(arg))
  return (answered) => reply(answered, kept, session)
}

/** The keys of a command by its table entry, renamed. */
export const renamedBy = (
  command: Command | undefined,
  args: readonly Buffer[],
  { names }: Session,
): Buffer[] => {
  const wire = [...args]
  if (command !== undefined)
    keysOf(command.specs, viewOf(args), (i) => {
      wire[i] = names.key(args[i]!)
    })
  return wire
}

const viewOf = (args: readonly Buffer[]): ArgumentsView => ({
  argc: args.length,
  text: (i) => args[i]?.toString('latin1') ?? '',
})
