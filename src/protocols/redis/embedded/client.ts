/** One connection to the embedded cache: its commands in order, what it waits for, and what it has said of itself. */
import type { Duplex } from 'node:stream'
import { RequestParser } from '../resp/request-parser.ts'
import type { Command } from './command.ts'
import type { EmbeddedCache } from './embedded-cache.ts'
import { badArity, Failure } from './failure.ts'
import { ReplyWriter } from './reply-writer.ts'
import type { Database } from './store/database.ts'

interface Queued {
  readonly command: Command
  readonly args: readonly string[]
}

/** What a blocked connection waits for. */
export interface Waiting {
  readonly db: Database
  readonly keys: readonly string[]
  /** Writes the reply, if the key has something by now; true: it has. May throw Failure. */
  serve(key: string): boolean
  /** Writes what is answered when the time is up. */
  timedOut(): void
}

interface Blocked extends Waiting {
  readonly cancel: () => void
}

/** What EXEC runs. */
interface Transaction {
  readonly commands: Queued[]
  /** A command was refused, so that none will run. */
  broken: boolean
}

export class Client {
  readonly id: number
  readonly server: EmbeddedCache
  readonly out = new ReplyWriter()
  readonly bornAt: number
  db: Database
  name = ''
  libName = ''
  libVersion = ''
  silence: 'none' | 'off' | 'next' = 'none'
  transaction: Transaction | undefined
  /** EXEC runs its commands: nothing waits. */
  executing = false
  /** Watched keys; `changed` when any was written. */
  readonly watched = new Map<Database, Set<string>>()
  changed = false
  readonly channels = new Set<string>()
  readonly patterns = new Set<string>()
  readonly shardChannels = new Set<string>()
  blocked: Blocked | undefined
  lastCommand = 'NULL'
  private readonly stream: Duplex
  private readonly parser = new RequestParser()
  private ended = false
  private leaving = false

  constructor(id: number, server: EmbeddedCache, stream: Duplex) {
    this.id = id
    this.server = server
    this.db = server.databases[0]!
    this.stream = stream
    this.bornAt = server.now()
    stream.on('data', (chunk: Buffer) => {
      this.parser.feed(chunk)
      this.run()
    })
    stream.on('drain', () => this.run())
    stream.on('end', () => this.end())
    stream.on('error', () => this.end())
    stream.on('close', () => this.end())
  }

  get subscriptions(): number {
    return this.channels.size + this.patterns.size
  }

  get subscribed(): boolean {
    return this.subscriptions + this.shardChannels.size > 0
  }

  /** Runs what has come, as far as nothing holds it up. */
  run(): void {
    while (this.blocked === undefined && !this.ended && !this.leaving) {
      if (this.stream.writableNeedDrain) {
        this.stream.pause()
        break
      }
      const parsed = this.parser.next()
      if (parsed === 'more') {
        this.stream.resume()
        break
      }
      if (parsed === 'error') {
        this.out.error(`ERR ${this.parser.error}`)
        this.leave()
        break
      }
      this.execute(this.arguments())
      // A pipeline's replies leave in pieces, so that whoever reads slowly holds up its own commands.
      if (this.out.text.length > 64 * 1024) this.flush()
    }
    this.flush()
    this.server.settle()
  }

  private arguments(): string[] {
    const { source, starts, ends, argc } = this.parser
    const args: string[] = new Array(argc)
    for (let i = 0; i < argc; i++) args[i] = source.toString('latin1', starts[i], ends[i])
    return args
  }

  private execute(args: readonly string[]): void {
    const { out } = this
    const before = out.text
    const { silence } = this
    try {
      const command = this.server.find(args)
      this.lastCommand = command.name
      this.refuse(command)
      if (this.transaction !== undefined && command.unqueued !== true) {
        this.transaction.commands.push({ command, args })
        out.simple('QUEUED')
      } else this.call(command, args)
    } catch (error) {
      if (this.transaction !== undefined) this.transaction.broken = true
      out.text = before
      out.error(shownError(error))
    }
    if (silence === 'next') this.silence = 'none'
    if (silence === 'next' || this.silence === 'off') out.text = before
    this.server.serveReady()
  }

  /** Runs one command; what it throws becomes its reply. */
  call(command: Command, args: readonly string[]): void {
    const before = this.out.text
    try {
      command.run(this, args)
    } catch (error) {
      this.out.text = before
      this.out.error(shownError(error))
    }
  }

  private refuse(command: Command): void {
    if (this.out.resp === 2 && this.subscribed && command.whileSubscribed !== true)
      throw new Failure(
        `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
      )
  }

  /** `timeoutMs` 0: for ever. Inside a transaction nobody waits: it is as if the time were up. */
  wait(waiting: Waiting, timeoutMs: number): void {
    if (this.executing) {
      waiting.timedOut()
      return
    }
    const cancel =
      timeoutMs === 0
        ? () => undefined
        : this.server.clock.after(timeoutMs, () => {
            this.unblock()
            waiting.timedOut()
            this.run()
          })
    this.blocked = { ...waiting, cancel }
    this.server.waiting.add(this, waiting)
  }

  /** It waits no more; what it sent meanwhile runs with the next `run`. */
  unblock(): void {
    const { blocked } = this
    if (blocked === undefined) return
    this.blocked = undefined
    blocked.cancel()
    this.server.waiting.remove(this, blocked)
  }

  watch(key: string): void {
    const keys = this.watched.get(this.db) ?? new Set()
    this.watched.set(this.db, keys)
    keys.add(key)
    this.server.watchers.add(this)
  }

  unwatch(): void {
    this.watched.clear()
    this.changed = false
    this.server.watchers.delete(this)
  }

  /** Sends what it has been answered and told. */
  flush(): void {
    const { out } = this
    if (out.text === '' || this.ended) return
    const { text } = out
    out.text = ''
    this.stream.write(text, 'latin1')
  }

  /** Ends the connection behind the last reply. */
  leave(): void {
    this.leaving = true
    this.flush()
    this.stream.end()
  }

  end(): void {
    if (this.ended) return
    this.flush()
    this.ended = true
    this.unblock()
    this.server.forget(this)
    this.stream.end()
  }

  /** `command`'s subcommand, for errors. */
  static checkArity({ name, arity }: Command, args: readonly string[]): void {
    if (arity > 0 ? args.length !== arity : args.length < -arity) throw badArity(name)
  }
}

/** A mistake of ours is told to whoever met it, and must not end the program. */
export const shownError = (error: unknown): string =>
  error instanceof Failure
    ? error.message
    : `ERR svc-mock: the embedded cache failed: ${(error as Error).message}`
