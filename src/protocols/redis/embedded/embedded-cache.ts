/**
 * A cache inside this process that behaves as Redis 7.0 does, on connections in memory. It knows no tenants: the session
 * stands in front of it as in front of any server.
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '../../../core/clock.ts'
import { duplexPair } from '../../../core/duplex-pair.ts'
import { Client, shownError } from './client.ts'
import type { Command } from './command.ts'
import { commands } from './commands/index.ts'
import { refuseMissing } from './commands/missing.ts'
import { Failure } from './failure.ts'
import { PubSub } from './pubsub.ts'
import { Database, type DatabaseEvents } from './store/database.ts'
import { WaitingRoom } from './waiting.ts'

export interface CacheSurroundings {
  readonly clock: Clock
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 up to, but not including, 1. */
  readonly random: () => number
}

/** As Redis' default. */
const databaseCount = 16
/** How often keys that have run out are looked for, and how many are looked at each time. */
const sweepMs = 100
const sweepKeys = 1_000
const shownArguments = 128

export class EmbeddedCache implements DatabaseEvents {
  readonly clock: Clock
  readonly now: () => number
  readonly random: () => number
  readonly startedAt: number
  databases: Database[]
  readonly waiting = new WaitingRoom()
  readonly watchers = new Set<Client>()
  readonly clients = new Map<number, Client>()
  readonly pubsub: PubSub
  /** Changed by CONFIG SET, besides what is fixed. */
  readonly settings = new Map<string, string>()
  events: ReadonlySet<string> = new Set()
  private readonly told = new Set<Client>()
  private lastId = 0
  private stopSweep: (() => void) | undefined
  private closed = false

  constructor({ clock, now, random }: CacheSurroundings) {
    this.clock = clock
    this.now = now
    this.random = random
    this.startedAt = now()
    this.databases = Array.from({ length: databaseCount }, (_none, i) => new Database(i, this))
    this.pubsub = new PubSub(this.told)
  }

  /** One connection, as a socket to a server would be. */
  connect(): Duplex {
    const [near, far] = duplexPair()
    const client = new Client(++this.lastId, this, far)
    this.clients.set(client.id, client)
    return near
  }

  /** Ends all connections; nothing is looked for any more. */
  close(): void {
    this.closed = true
    this.stopSweep?.()
    for (const client of this.clients.values()) client.end()
  }

  /** The command that is asked for. Throws what Redis says of one that it doesn't know, or that has too few arguments. */
  find(args: readonly string[]): Command {
    const found = commands.get(args[0]!.toUpperCase())
    if (found === undefined) throw unknownCommand(args)
    const { inner } = found
    if (inner === undefined || args.length < 2) {
      Client.checkArity(found, args)
      return found
    }
    const sub = inner.get(args[1]!.toUpperCase())
    if (sub === undefined) {
      const container = found.name.toUpperCase()
      refuseMissing(`${container} ${args[1]!.toUpperCase()}`)
      throw new Failure(`ERR unknown subcommand '${shown(args[1]!)}'. Try ${container} HELP.`)
    }
    Client.checkArity(sub, args)
    return sub
  }

  changed(db: Database, key: string): void {
    for (const client of this.watchers) if (client.watched.get(db)?.has(key) === true) client.changed = true
    this.waiting.wrote(db, key)
    if (db.expiring.size > 0) this.sweepLater()
  }

  happened(kind: string, event: string, key: string, db: Database): void {
    const { events } = this
    if (events.size === 0 || !events.has(kind)) return
    if (events.has('K')) this.pubsub.publish(`__keyspace@${db.index}__:${key}`, event)
    if (events.has('E')) this.pubsub.publish(`__keyevent@${db.index}__:${event}`, key)
  }

  /** Answers those who wait for keys that were written meanwhile. */
  serveReady(): void {
    for (const { key, clients } of this.waiting.served()) {
      for (const client of clients) {
        const { blocked } = client
        if (blocked === undefined || !this.serve(client, key)) continue
        client.unblock()
        // Its next commands come after the one that is running now.
        this.told.add(client)
        process.nextTick(() => client.run())
      }
    }
  }

  private serve(client: Client, key: string): boolean {
    const before = client.out.text
    try {
      return client.blocked!.serve(key)
    } catch (error) {
      client.out.text = before
      client.out.error(shownError(error))
      return true
    }
  }

  /** Sends what others have been told meanwhile. */
  settle(): void {
    if (this.told.size === 0) return
    const told = [...this.told]
    this.told.clear()
    for (const client of told) client.flush()
  }

  forget(client: Client): void {
    this.clients.delete(client.id)
    this.watchers.delete(client)
    this.told.delete(client)
    this.pubsub.forget(client)
  }

  private sweepLater(): void {
    if (this.stopSweep !== undefined || this.closed) return
    this.stopSweep = this.clock.after(sweepMs, () => {
      this.stopSweep = undefined
      for (const db of this.databases) db.sweep(sweepKeys)
      this.serveReady()
      this.settle()
      if (this.databases.some(({ expiring }) => expiring.size > 0)) this.sweepLater()
    })
  }
}

/** As C shows bytes: up to the first zero. */
const shown = (text: string, most = shownArguments): string => {
  const zero = text.indexOf('\0')
  return text.slice(0, zero < 0 ? most : Math.min(most, zero))
}

const unknownCommand = ([name, ...args]: readonly string[]): Failure => {
  let text = ''
  for (const arg of args) {
    if (text.length >= shownArguments) break
    text += `'${shown(arg, shownArguments - text.length)}' `
  }
  return new Failure(`ERR unknown command '${shown(name!)}', with args beginning with: ${text}`)
}
