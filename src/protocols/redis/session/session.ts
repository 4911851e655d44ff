/**
 * One client connection and its one connection to the server. Commands go on as they come, with names of the tenant's lane;
 * replies come back as replies.ts has them. Questions of our own are asked while the client's next commands wait.
 */
import type { RedisSettings } from '../../../core/service-entry.ts'
import type { ClusterNodes } from '../cluster.ts'
import { type ArgumentsView, keysOf } from '../commands/key-positions.ts'
import type { Command } from '../commands/table.ts'
import type { Names } from '../names.ts'
import { Refusal } from '../refusal.ts'
import { RequestParser } from '../resp/request-parser.ts'
import { encodeCommand, encodeReply, errorReply, isError, type Resp } from '../resp/value.ts'
import { treatmentOf } from '../treatments/index.ts'
import { isAllowed, isRefused, refusal } from '../treatments/refused.ts'
import { type Connection, type Treatment, word } from '../treatments/treatment.ts'
import type { SessionFacts } from './facts.ts'
import { learn } from './learn.ts'
import { OutBuffer } from './out-buffer.ts'
import { overlayKeys, resolveOverlay, touchCommand } from './overlay.ts'
import { passRenamed } from './pass-renamed.ts'
import { Replies } from './replies.ts'
import type { Confirming } from './reply-queue.ts'
import { isSessionCommand, sessionCommand } from './session-commands.ts'
import { type Take, Transaction } from './transaction.ts'

export class Session implements Connection {
  readonly replies: Replies
  readonly transaction = new Transaction()
  /** Replies that the client does not want: CLIENT REPLY. */
  silence: 'none' | 'off' | 'next' = 'none'
  names: Names
  private readonly facts: SessionFacts
  private readonly parser = new RequestParser()
  private readonly out: OutBuffer
  /** Pieces of work of ours that are under way. */
  private busy = 0
  private ended = false
  /** Commands of keys came, so that the tenant stays who it is. */
  private settled = false
  private readonly rejects = new Set<(error: Error) => void>()
  private readonly view: ArgumentsView

  constructor(facts: SessionFacts) {
    this.facts = facts
    this.names = facts.names
    const { parser } = this
    this.view = {
      get argc() {
        return parser.argc
      },
      text: (i) => parser.source.toString('latin1', parser.starts[i], parser.ends[i]),
    }
    this.out = new OutBuffer(facts.upstream, facts.slabs.toUpstream)
    const session = this
    this.replies = new Replies(facts.client, facts.slabs.toClient, {
      get names() {
        return session.names
      },
      redirected: (text) => facts.nodes?.error(text) ?? text,
      last: () => this.finish(),
      broken: ({ message }) => this.lose(`spoke no RESP: ${message}`),
    })
    this.join()
  }

  get resp(): 2 | 3 {
    return this.replies.resp
  }

  get nodes(): ClusterNodes | undefined {
    return this.facts.nodes
  }

  get tenantFrom(): RedisSettings['tenantFrom'] {
    return this.facts.settings.tenantFrom
  }

  allows(name: string): boolean {
    return isAllowed(name, this.facts.settings.allow)
  }

  become(tenant: string): void {
    if (tenant === this.names.lane.tenant) return
    if (this.settled || this.transaction.open || this.replies.subscriptionCount > 0)
      throw new Refusal(
        'ERR svc-mock: this connection has used keys or channels of another tenant; open a new one',
      )
    this.names = this.facts.namesOf(tenant)
  }

  renamed(args: readonly Buffer[]): Buffer[] {
    const command = this.find(args)
    const wire = [...args]
    if (command !== undefined)
      keysOf(command.specs, viewOf(args), (i) => {
        wire[i] = this.names.key(args[i]!)
      })
    return wire
  }

  ask(...args: readonly (string | Uint8Array)[]): Promise<Resp> {
    if (this.ended) return Promise.reject(new Error('the connection has ended'))
    const { promise, resolve, reject } = Promise.withResolvers<Resp>()
    this.rejects.add(reject)
    this.replies.queue.push({
      kind: 'reply',
      take: (reply) => {
        this.rejects.delete(reject)
        // What came is a view of a chunk that has been read when this is looked at.
        resolve(reply)
        return undefined
      },
    })
    this.out.add(encodeCommand(args))
    this.out.flush()
    return promise
  }

  /** Sends a command of the client's, whose reply needs `take`; undefined: nothing. */
  forward(args: readonly Buffer[], take?: Take): void {
    if (this.silence === 'next') {
      this.out.add(encodeCommand(['CLIENT', 'REPLY', 'SKIP']))
      this.silence = 'none'
      this.out.add(encodeCommand(args))
      return
    }
    this.out.add(encodeCommand(args))
    if (this.silence === 'none') this.await(take)
  }

  /** Sends a command whose reply is its own also inside MULTI; `take` sees errors, too. */
  awaitAny(args: readonly Buffer[], take: Take): void {
    this.out.add(encodeCommand(args))
    if (this.silence === 'none') this.replies.queue.push({ kind: 'reply', take })
  }

  /** Sends a command that is answered by a confirmation for each name. */
  confirm(args: readonly Buffer[], confirming: Confirming): void {
    this.out.add(encodeCommand(args))
    // With CLIENT REPLY OFF confirmations come all the same, and nothing else does.
    if (this.silence === 'none') this.replies.queue.push(confirming)
  }

  /** A command of ours beside the client's next one, of which the client hears nothing. */
  aside(args: readonly (string | Uint8Array)[]): void {
    this.out.add(encodeCommand(args))
    if (this.silence !== 'none') return
    const drop: Take = () => undefined
    const { transaction } = this
    const take: Take = transaction.open ? (reply) => transaction.take(reply, drop, true) : drop
    this.replies.queue.push({ kind: 'reply', take })
  }

  /** An answer of our own in its turn. */
  answer(reply: Resp): void {
    if (this.silence === 'next') this.silence = 'none'
    else if (this.silence === 'none') this.replies.local(encodeReply(reply))
  }

  refuse(text: string): void {
    if (this.transaction.open) this.transaction.broken = true
    this.answer(errorReply(text))
  }

  /** Ends what the client began by RESET. */
  reset(): void {
    this.silence = 'none'
    this.transaction.end()
    this.settled = false
    this.names = this.facts.names
  }

  private await(take: Take | undefined): void {
    const { queue } = this.replies
    const { transaction } = this
    if (transaction.open) {
      const queued: Take = take ?? ((reply) => reply)
      queue.push({ kind: 'reply', take: (reply) => transaction.take(reply, queued, false) })
    } else if (take === undefined) queue.raw()
    else queue.push({ kind: 'reply', take: (reply) => (isError(reply) ? reply : take(reply)) })
  }

  private join(): void {
    const { client, upstream } = this.facts
    client.on('data', (chunk: Buffer) => {
      this.parser.feed(chunk)
      if (this.busy === 0) this.run()
    })
    upstream.on('data', (chunk: Buffer) => {
      this.replies.feed(chunk)
      if (!this.replies.out.flush()) upstream.pause()
    })
    client.on('drain', () => upstream.resume())
    upstream.on('drain', () => {
      if (this.busy === 0) client.resume()
    })
    client.on('end', () => {
      if (this.busy === 0) upstream.end()
    })
    upstream.on('end', () => this.lose('closed the connection'))
    upstream.on('error', () => upstream.destroy())
    client.on('error', () => client.destroy())
    client.on('close', () => {
      this.end()
      upstream.destroy()
    })
    upstream.on('close', () => this.lose('closed the connection'))
  }

  private finish(): void {
    const { client, upstream } = this.facts
    this.end()
    this.replies.out.flush()
    upstream.destroy()
    // A client that goes on writing must see that nobody reads.
    client.end(() => client.destroy())
  }

  private end(): void {
    this.ended = true
    for (const reject of this.rejects) reject(new Error('the connection has ended'))
    this.rejects.clear()
  }

  /** Whoever still waits is told why nothing more comes. */
  private lose(why: string): void {
    if (this.ended) return
    const waits = !this.replies.queue.empty && !this.replies.within
    this.end()
    this.facts.lost(why)
    if (waits) this.replies.out.add(encodeReply(errorReply(`ERR svc-mock: the real server ${why}`)))
    this.finish()
  }

  /** Takes the commands that have come. One write for all of them. */
  private run(): void {
    const { parser } = this
    const { client } = this.facts
    while (this.busy === 0 && !this.ended) {
      const parsed = parser.next()
      if (parsed === 'more') break
      if (parsed === 'error') {
        this.malformed()
        break
      }
      this.command()
    }
    if (!this.out.flush()) client.pause()
    this.replies.out.flush()
    if (this.busy === 0 && client.readableEnded) this.facts.upstream.end()
  }

  /** The server's words, after the replies before it; then the connection ends, as the server ends it. */
  private malformed(): void {
    const { client } = this.facts
    client.removeAllListeners('data')
    client.resume()
    this.replies.local(encodeReply(errorReply(`ERR ${this.parser.error}`)), true)
  }

  private command(): void {
    const { parser } = this
    const { source, starts, ends } = parser
    const command = this.facts.table.find(source, starts[0]!, ends[0]!)
    if (command === undefined || !command.plain || !this.names.plain) {
      this.special(command)
      return
    }
    this.settled = true
    if (this.silence === 'next') {
      this.out.add(encodeCommand(['CLIENT', 'REPLY', 'SKIP']))
    }
    passRenamed(command, this.parser, this.view, this.out, this.names.prefix)
    if (this.silence === 'none') {
      if (this.transaction.open) this.await(undefined)
      else this.replies.queue.raw()
    } else if (this.silence === 'next') this.silence = 'none'
  }

  /** All that is not the plain way: names by policies, replies that are looked at, commands that must not pass. */
  private special(found: Command | undefined): void {
    const { parser } = this
    const { source, starts, ends } = parser
    const args: Buffer[] = []
    for (let i = 0; i < parser.argc; i++) args.push(source.subarray(starts[i], ends[i]))
    const command = found?.inner === undefined ? found : this.find(args)
    if (command === undefined) void this.meanwhile(() => learn(args, this.facts.table, this))
    else this.treat(command, args)
  }

  /** A command that is known. */
  treat(command: Command, args: readonly Buffer[]): void {
    if (isRefused(command, this.facts.settings.allow)) {
      this.refuse(refusal(command.name))
      return
    }
    const name = command.name.split(' ', 1)[0]!
    if (command.hasKeys) this.settled = true
    try {
      if (isSessionCommand(name) || (name === 'CLIENT' && word(args, 1) === 'REPLY'))
        sessionCommand(args, this)
      else this.treated(command, name, args)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.refuse(error.message)
    }
  }

  private treated(command: Command, name: string, args: readonly Buffer[]): void {
    const treatment: Treatment | undefined = treatmentOf(command.name, this.names)
    if (treatment?.answer !== undefined) {
      const { answer } = treatment
      if (this.transaction.open) throw new Refusal(`ERR svc-mock cannot do ${name} inside MULTI`)
      void this.meanwhile(async () => this.answer(await answer(args, this)))
      return
    }
    const take = this.takeOf(treatment, name, args)
    const wire = treatment?.request === undefined ? this.renamed(args) : treatment.request(args, this)
    const overlaid = this.names.hasOverlay ? overlayKeys(command, viewOf(args), args, this.names) : []
    if (overlaid.length === 0) this.forward(wire, take)
    else if (this.transaction.open) {
      for (const { key } of overlaid) this.aside(touchCommand(key, this.names))
      this.forward(wire, take)
    } else
      void this.meanwhile(async () => {
        for (const overlay of overlaid) await resolveOverlay(overlay, wire, this)
        this.forward(wire, take)
      })
  }

  private takeOf(treatment: Treatment | undefined, name: string, args: readonly Buffer[]): Take | undefined {
    const reply = treatment?.reply
    // The arguments are views of a chunk; a reply may take long.
    const kept = reply === undefined && name !== 'HELLO' ? [] : args.map((arg) => Buffer.from(arg))
    if (name === 'HELLO') {
      return (answered) => {
        const version = kept[1]?.toString('latin1')
        if (version === '2' || version === '3') this.replies.resp = version === '3' ? 3 : 2
        return answered
      }
    }
    return reply === undefined ? undefined : (answered) => reply(answered, kept, this)
  }

  /** The command or subcommand. */
  find(args: readonly Buffer[]): Command | undefined {
    const [name] = args
    const command = this.facts.table.find(name!, 0, name!.length)
    if (command?.inner === undefined) return command
    if (args.length === 1) return command
    return command.inner.get(word(args, 1))
  }

  /** Does work of ours on the connection; what the client sends meanwhile waits. */
  private async meanwhile(work: () => Promise<void> | void): Promise<void> {
    const { client } = this.facts
    const silent = this.silence === 'off' && this.busy === 0
    this.busy++
    client.pause()
    try {
      if (silent) await this.ask('CLIENT', 'REPLY', 'ON')
      await work()
      if (silent) this.out.add(encodeCommand(['CLIENT', 'REPLY', 'OFF']))
    } catch (error) {
      if (this.ended) return
      this.refuse(error instanceof Refusal ? error.message : `ERR svc-mock: ${(error as Error).message}`)
    }
    if (--this.busy > 0 || this.ended) return
    client.resume()
    this.run()
  }
}

const viewOf = (args: readonly Buffer[]): ArgumentsView => ({
  argc: args.length,
  text: (i) => args[i]?.toString('latin1') ?? '',
})
