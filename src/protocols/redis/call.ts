/** One command as a Call: made only of commands that some filter wants to see. */
import type { Body } from '../../core/body.ts'
import { type Call, type CallContext, newContext, type Tenant } from '../../core/call.ts'
import { decodedBody } from '../../core/decoded-body.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { RealReply } from './mock/reply.ts'
import { keyText } from './mock/value.ts'
import type { Resp } from './resp/value.ts'

export interface CommandFacts {
  readonly id: number
  readonly tenant: Tenant
  readonly service: ServiceEntry
  /** Upper case, with its container: `GET`, `CONFIG GET`. */
  readonly name: string
  /** As the client sent them, the command's words first. */
  readonly args: readonly Buffer[]
  readonly keys: readonly Buffer[]
  readonly resp: 2 | 3
  readonly unmocked: boolean
  /** Aborted when the client goes away; asked for when somebody waits. */
  readonly signal: () => AbortSignal
  /** Asks the real server. Rejects with SvcMockError. */
  readonly ask: () => Promise<Resp>
}

const noBody: Body = {
  empty: true,
  read: () => decodedBody(new Uint8Array(0), ''),
  source: () => ({ pipe: (sink) => sink.end(), resume: () => undefined, cancel: () => undefined }),
}

const shownAtMost = 60

export class RedisCall implements Call {
  readonly id: number
  readonly protocol = 'redis'
  tenant: Tenant
  readonly service: ServiceEntry
  readonly version = undefined
  readonly method: string
  readonly path = '/'
  readonly metadata: Metadata = []
  readonly body = noBody
  readonly oneway = false
  readonly unmocked: boolean
  readonly context: CallContext = newContext()
  readonly resp: 2 | 3
  /** What `next` gives: see RealReply. */
  readonly real: RealReply
  private readonly facts: CommandFacts
  private keyTexts: readonly string[] | undefined
  private argTexts: readonly string[] | undefined

  constructor(facts: CommandFacts) {
    this.id = facts.id
    this.tenant = facts.tenant
    this.service = facts.service
    this.method = facts.name
    this.unmocked = facts.unmocked
    this.resp = facts.resp
    this.real = new RealReply(facts.ask)
    this.facts = facts
  }

  get signal(): AbortSignal {
    return this.facts.signal()
  }

  /** The command and its first key. */
  get operation(): string {
    const [key] = this.keys
    if (key === undefined) return this.method
    return `${this.method} ${key.length > shownAtMost ? `${key.slice(0, shownAtMost)}…` : key}`
  }

  get keys(): readonly string[] {
    this.keyTexts ??= this.facts.keys.map(keyText)
    return this.keyTexts
  }

  /** All behind the command's words, keys among them. */
  get args(): readonly string[] {
    this.argTexts ??= this.facts.args.slice(this.method.split(' ').length).map(keyText)
    return this.argTexts
  }
}
