/** Looks on while one call and its reply pass, and judges them when they are over. What is noted is kept by reference, and bounded. */
import type { Onlooker } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import {
  type Breach,
  breachesAtMost,
  type Judged,
  type LiveContract,
  type PendingCheck,
  type SeenBody,
  type SeenReply,
} from '../../core/contract.ts'
import { joined } from '../../core/exchange.ts'
import type { Metadata } from '../../core/metadata.ts'
import type { SingleReply, StreamReply } from '../../core/reply.ts'
import { WatchedSource } from '../../core/watched-source.ts'

/** Bytes that wait to be judged, of all calls together. */
export interface LookBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

export const lookBudget = (atMost: number): LookBudget => {
  let taken = 0
  return {
    take: (bytes) => {
      if (taken + bytes > atMost) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
  }
}

const none: Metadata = []

/** The bytes of one side. */
class Side {
  /** Nothing more will come. */
  over = false
  private pieces: Uint8Array[] | undefined = []
  private size = 0
  private whole = false
  private trailers: Metadata = none
  private readonly limit: number
  private readonly budget: LookBudget
  /** Why it was not seen whole. */
  problem: string | undefined

  constructor(limit: number, budget: LookBudget) {
    this.limit = limit
    this.budget = budget
  }

  /** False: that is enough. */
  add(bytes: Uint8Array): boolean {
    if (this.pieces === undefined) return false
    if (this.size + bytes.length > this.limit) {
      this.leave(`is larger than limits.body (${this.limit} bytes)`)
      return false
    }
    if (!this.budget.take(bytes.length)) {
      this.leave('was not looked at: too much waits to be checked')
      return false
    }
    this.size += bytes.length
    this.pieces.push(bytes)
    return true
  }

  end(trailers: Metadata): void {
    this.over = true
    this.trailers = trailers
    this.whole = this.pieces !== undefined
  }

  leave(problem: string | undefined): void {
    this.over = true
    this.problem ??= problem
    this.release()
  }

  get seen(): SeenBody {
    if (!this.whole || this.pieces === undefined) return { bytes: undefined, trailers: this.trailers }
    const { pieces, trailers } = this
    return { bytes: pieces.length === 1 ? pieces[0]! : joined(pieces), trailers }
  }

  release(): void {
    this.budget.give(this.size)
    this.size = 0
    this.pieces = undefined
  }
}

export class Look implements PendingCheck, Onlooker {
  private readonly heldTo: LiveContract
  private readonly theCall: Call
  private readonly asked: Side
  private readonly answered: Side
  private head: Pick<SeenReply, 'status' | 'metadata'> | undefined
  private readonly found: Breach[] = []
  /** Sides that were judged already, by head or whole. */
  private callDone: 'no' | 'head' | 'whole' = 'no'
  private replyDone: 'no' | 'head' | 'whole' = 'no'
  private failure: string | undefined
  private run: (() => void) | undefined

  constructor(call: Call, held: LiveContract, budget: LookBudget) {
    this.theCall = call
    this.heldTo = held
    const { bodyLimit } = call.service
    this.asked = new Side(bodyLimit, budget)
    this.answered = new Side(bodyLimit, budget)
  }

  /** Before anybody reads the body. */
  watchCall(): void {
    const body = this.theCall.wire ?? this.theCall.body
    if (body.empty || body.watch === undefined) this.end(none)
    else body.watch(this)
  }

  watchReply(reply: SingleReply | StreamReply): SingleReply | StreamReply {
    const { status, metadata } = reply
    this.head = { status, metadata }
    if (reply.kind === 'single') {
      const { body, trailers = none } = reply
      if (body === undefined || body.length === 0 || this.answered.add(body)) this.answered.end(trailers)
      this.look()
      return reply
    }
    return {
      ...reply,
      source: new WatchedSource(reply.source, {
        piece: (bytes) => void this.answered.add(bytes),
        end: (trailers) => {
          this.answered.end(trailers)
          this.look()
        },
        fail: () => {
          this.answered.leave(undefined)
          this.look()
        },
      }),
    }
  }

  /** There is none that the contract could speak of. */
  noReply(): void {
    this.answered.leave(undefined)
    this.look()
  }

  // The client's bytes, as its body tells them.

  piece(bytes: Uint8Array): boolean {
    const more = this.asked.add(bytes)
    if (!more) this.look()
    return more
  }

  end(trailers: Metadata): void {
    this.asked.end(trailers)
    this.look()
  }

  fail(): void {
    this.asked.leave(undefined)
    this.look()
  }

  /** What has come from the client. */
  get request(): SeenBody {
    return this.asked.seen
  }

  /** Now, on the call's path. Without bytes it is judged by its head, and by the rest when it is over. */
  judgeCall(body: SeenBody): readonly Breach[] {
    this.callDone = body.bytes === undefined ? 'head' : 'whole'
    return this.judged(() => this.heldTo.call(this.theCall, body))
  }

  judgeReply(reply: SeenReply): readonly Breach[] {
    this.replyDone = reply.bytes === undefined ? 'head' : 'whole'
    if (this.replyDone === 'whole') this.noReply()
    return this.judged(() => this.heldTo.reply(this.theCall, reply))
  }

  tooLong(side: Breach['side']): void {
    const { bodyLimit } = this.theCall.service
    const which = side === 'call' ? this.asked : this.answered
    which.leave(`is larger than limits.body (${bodyLimit} bytes), or broke off`)
    this.look()
  }

  whenSeen(run: () => void): void {
    this.run = run
    this.look()
  }

  judge(): Judged {
    const { asked, answered, head } = this
    if (this.callDone !== 'whole') this.later(() => this.heldTo.call(this.theCall, asked.seen))
    if (this.replyDone !== 'whole' && head !== undefined)
      this.later(() => this.heldTo.reply(this.theCall, { ...head, ...answered.seen }))
    const unseen = [
      this.failure,
      asked.problem && `the body of the call ${asked.problem}`,
      answered.problem && `the body of the reply ${answered.problem}`,
      !asked.over && 'the body of the call had not come whole when it was answered',
    ].filter((one) => typeof one === 'string')
    this.drop()
    return { breaches: this.found.slice(0, breachesAtMost), unchecked: unseen.join('; ') || undefined }
  }

  drop(): void {
    this.asked.release()
    this.answered.release()
  }

  /** What the head told already is not told again. */
  private later(hold: () => readonly Breach[]): void {
    const known = new Set(this.found.map(keyOf))
    const before = this.found.length
    this.judged(hold)
    const fresh = this.found.splice(before).filter((one) => !known.has(keyOf(one)))
    this.found.push(...fresh)
  }

  private judged(hold: () => readonly Breach[]): readonly Breach[] {
    try {
      const found = hold()
      this.found.push(...found)
      return found
    } catch (error) {
      // A document that is nested too deeply, a schema that no engine can hold: the call is not to blame.
      this.failure = `the check failed: ${error instanceof RangeError ? 'nested too deeply' : (error as Error).name}`
      return []
    }
  }

  private look(): void {
    const { run } = this
    if (run === undefined || !this.asked.over || !this.answered.over) return
    this.run = undefined
    run()
  }
}

const keyOf = ({ side, rule, path }: Breach): string => `${side} ${rule} ${path}`
