/**
 * One client connection and its one connection to the server. Commands go on as they come, with names of the tenant's lane;
 * replies come back as replies.ts has them. Questions of our own are asked while the client's next commands wait.
 */
import { Socket } from 'node:net'
import type { RedisSettings } from '../../../core/service-entry.ts'
import type { ClusterNodes } from '../cluster.ts'
import type { ArgumentsView } from '../commands/key-positions.ts'
import type { Command } from '../commands/table.ts'
import type { Names } from '../names.ts'
import { Refusal } from '../refusal.ts'
import { RequestParser } from '../resp/request-parser.ts'
import {
  decodeReply,
  encodeCommand,
  encodeReply,
  errorReply,
  isError,
  type Resp,
  simple,
} from '../resp/value.ts'
import { isAllowed, isRefused } from '../treatments/refused.ts'
import { type Connection, word } from '../treatments/treatment.ts'
import { carry } from './carry.ts'
import type { SessionFacts } from './facts.ts'
import { hearing } from './hearing.ts'
import { learn } from './learn.ts'
import { OutBuffer } from './out-buffer.ts'
import { passRenamed, viewOf } from './pass-renamed.ts'
import { Replies } from './replies.ts'
import type { Confirming } from './reply-queue.ts'
import { type Take, Transaction } from './transaction.ts'
import { renamedBy, treat } from './treat.ts'

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
  /** The server answers although the client wants no replies. */
  hears = false
  private ended = false
  /** Commands of keys came, so that the tenant stays who it is. */
  private settled = false
  private leaving: AbortController | undefined
  /** The version of a HELLO whose reply is still to come: what is answered behind it is in that version. */
  private asksFor: 2 | 3 | undefined
  private readonly rejects = new Set<(error: Error) => void>()
  private readonly view: ArgumentsView

  constructor(facts: SessionFacts) {
    this.facts = facts
    this.names = facts.names
    this.view = viewOf(this.parser)
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
    return this.asksFor ?? this.replies.resp
  }

  get nodes(): ClusterNodes | undefined {
    return this.facts.nodes
  }

  get tenantFrom(): RedisSettings['tenantFrom'] {
    return this.facts.settings.tenantFrom
  }

  /** Whether a command must not reach the server. */
  refuses(command: Command): boolean {
    return isRefused(command, this.facts.settings.allow, !this.names.clearable)
  }

  /** The version of RESP that HELLO asks for, and then what came of it. */
  hello(version: 2 | 3 | undefined): () => void {
    this.asksFor = version ?? this.asksFor
    return () => {
      this.replies.resp = version ?? this.replies.resp
      this.asksFor = undefined
    }
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
    return renamedBy(this.find(args), args, this)
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
    else if (this.hears) this.replies.queue.push({ kind: 'reply', take: () => undefined })
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
    else queue.push({ kind: 'reply', take: (reply) => (isError(reply) ? this.failed(reply) : take(reply)) })
  }

  private failed(reply: Resp): Resp {
    this.asksFor = undefined
    return reply
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
      this.leaving?.abort()
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
    const { operations } = this.facts.calls
    if (
      command === undefined ||
      !command.plain ||
      !this.names.plain ||
      (operations.any && operations.wants(command.name, command.hasKeys))
    ) {
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
    const { calls } = this.facts
    // Of a command that is not known the first argument is taken for a key; subcommands that are newer have none, mostly.
    const name = command?.name ?? (found === undefined ? word(args, 0) : `${found.name} ${word(args, 1)}`)
    const keyed = command?.hasKeys ?? (found === undefined && args.length > 1)
    if (calls.operations.any && calls.operations.wants(name, keyed))
      carry({ command, args, name, keyed }, this, calls)
    else this.pass(command, args)
  }

  /** A command on its own way to the server. */
  pass(command: Command | undefined, args: readonly Buffer[]): void {
    if (command === undefined) void this.meanwhile(() => learn(args, this.facts.table, this))
    else treat(command, args, this)
  }

  /** Aborted when the client goes away. */
  get gone(): AbortSignal {
    this.leaving ??= new AbortController()
    return this.leaving.signal
  }

  /** Answers bytes of whole replies; inside MULTI when EXEC is. `last`: the connection ends with them. */
  answerBytes(bytes: Buffer, last = false): void {
    if (last) {
      this.stall()
      this.replies.local(bytes, true)
    } else if (this.silence === 'next') this.silence = 'none'
    else if (this.silence === 'none' && this.transaction.open) {
      const reply = decodeReply(bytes)
      this.replies.local(encodeReply(simple('QUEUED')), false, () => this.transaction.answered(reply))
    } else if (this.silence === 'none') this.replies.local(bytes)
  }

  /** Breaks the client's connection when the replies before have come; commands behind are not looked at. */
  breakOff(how: 'reset' | 'close'): void {
    const { client } = this.facts
    const reset = how === 'reset' && client instanceof Socket ? () => client.resetAndDestroy() : undefined
    this.stall()
    this.replies.local(Buffer.alloc(0), reset === undefined, reset)
  }

  /** Nothing more is answered, and nothing more is read. */
  stall(): void {
    this.busy++
    this.facts.client.pause()
  }

  /** Commands of keys came: the tenant stays who it is. */
  settle(): void {
    this.settled = true
  }

  /** The command or subcommand. */
  find(args: readonly Buffer[]): Command | undefined {
    const [name] = args
    const command = this.facts.table.find(name!, 0, name!.length)
    if (command?.inner === undefined) return command
    if (args.length === 1) return command
    return command.inner.get(word(args, 1))
  }

  /** Does work of ours on the connection; what the client sends meanwhile waits. `asks`: it asks the server by itself. */
  async meanwhile(work: () => Promise<void> | void, asks = true): Promise<void> {
    const { client } = this.facts
    this.busy++
    client.pause()
    try {
      await (asks ? hearing(this, work) : work())
    } catch (error) {
      if (this.ended) return
      this.refuse(error instanceof Refusal ? error.message : `ERR svc-mock: ${(error as Error).message}`)
    }
    if (--this.busy > 0 || this.ended) return
    client.resume()
    this.run()
  }
}
