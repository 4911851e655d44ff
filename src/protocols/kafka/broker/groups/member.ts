/** One member of a classic group, as the coordinator knows it. */
import type { ErrorCode } from '../error-codes.ts'

export interface MemberProtocol {
  readonly name: string
  /** The member's own affair, for the leader. */
  readonly metadata: Uint8Array
}

/** What JoinGroup asks. */
export interface JoinRequest {
  /** '': the coordinator gives one. */
  readonly memberId: string
  /** Name of a static member (KIP-345). */
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  /** Best first. */
  readonly protocols: readonly MemberProtocol[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** A new member is told its id first and comes again with it (KIP-394; JoinGroup 4 and later). */
  readonly idFirst: boolean
  /** Knows `skipAssignment` (KIP-814; JoinGroup 9 and later). */
  readonly maySkip: boolean
}

export interface JoinAnswer {
  readonly errorCode: ErrorCode
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  readonly memberId: string
  /** For the leader: everybody. */
  readonly members: readonly { memberId: string; groupInstanceId: string | null; metadata: Uint8Array }[]
}

export interface SyncAnswer {
  readonly errorCode: ErrorCode
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Uint8Array
}

export const noBytes = new Uint8Array(0)

export const failedJoin = (errorCode: ErrorCode, memberId: string): JoinAnswer => ({
  errorCode,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  memberId,
  members: [],
})

export const failedSync = (errorCode: ErrorCode): SyncAnswer => ({
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: noBytes,
})

export class Member {
  id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: Uint8Array = noBytes
  /** Waits for the rebalance to be over. */
  joining: ((answer: JoinAnswer) => void) | undefined
  /** Waits for the leader's assignment. */
  syncing: ((answer: SyncAnswer) => void) | undefined
  /** Calls the end of its session off. */
  private offTimer: (() => void) | undefined

  constructor(id: string, request: JoinRequest) {
    this.id = id
    this.instanceId = request.instanceId
    this.clientId = request.clientId
    this.clientHost = request.clientHost
    this.sessionTimeoutMs = request.sessionTimeoutMs
    this.rebalanceTimeoutMs = request.rebalanceTimeoutMs
    this.protocols = request.protocols
  }

  /** What it says now. */
  update(request: JoinRequest): void {
    this.protocols = request.protocols
    this.sessionTimeoutMs = request.sessionTimeoutMs
    this.rebalanceTimeoutMs = request.rebalanceTimeoutMs
  }

  /** Whether it says the same as before. */
  saysSame(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, i) => {
        const before = this.protocols[i]!
        return name === before.name && Buffer.compare(metadata, before.metadata) === 0
      })
    )
  }

  metadata(protocol: string | null): Uint8Array {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? noBytes
  }

  supports(protocol: string): boolean {
    return this.protocols.some(({ name }) => name === protocol)
  }

  /** Ends the session timer, or replaces it. */
  timer(off: (() => void) | undefined): void {
    this.offTimer?.()
    this.offTimer = off
  }

  answerJoin(answer: JoinAnswer): void {
    const { joining } = this
    this.joining = undefined
    joining?.(answer)
  }

  answerSync(answer: SyncAnswer): void {
    const { syncing } = this
    this.syncing = undefined
    syncing?.(answer)
  }
}
