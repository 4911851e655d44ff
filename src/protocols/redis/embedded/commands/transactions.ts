/** MULTI and its kin. */
import type { Client } from '../client.ts'
import { type Command, command } from '../command.ts'
import { Failure } from '../failure.ts'

const multi = (client: Client): void => {
  if (client.transaction !== undefined) throw new Failure('ERR MULTI calls can not be nested')
  client.transaction = { commands: [], broken: false }
  client.out.ok()
}

const exec = (client: Client): void => {
  const { transaction, out } = client
  if (transaction === undefined) throw new Failure('ERR EXEC without MULTI')
  client.transaction = undefined
  // A watched key that has run out has changed.
  for (const [db, keys] of client.watched) for (const key of keys) db.entry(key)
  const { changed } = client
  client.unwatch()
  if (transaction.broken) throw new Failure('EXECABORT Transaction discarded because of previous errors.')
  if (changed) {
    out.nullArray()
    return
  }
  out.array(transaction.commands.length)
  client.executing = true
  for (const queued of transaction.commands) client.call(queued.command, queued.args)
  client.executing = false
}

const discard = (client: Client): void => {
  if (client.transaction === undefined) throw new Failure('ERR DISCARD without MULTI')
  client.transaction = undefined
  client.unwatch()
  client.out.ok()
}

const watch = (client: Client, [, ...keys]: readonly string[]): void => {
  if (client.transaction !== undefined) throw new Failure('ERR WATCH inside MULTI is not allowed')
  for (const key of keys) {
    // What has run out already is no change.
    client.db.entry(key)
    client.watch(key)
  }
  client.out.ok()
}

export const transactions: readonly Command[] = [
  command('multi', 1, multi, { unqueued: true }),
  command('exec', 1, exec, { unqueued: true }),
  command('discard', 1, discard, { unqueued: true }),
  command('watch', -2, watch, { unqueued: true }),
  command('unwatch', 1, (client) => {
    client.unwatch()
    client.out.ok()
  }),
]
