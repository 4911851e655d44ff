/**
 * A group that divides partitions among its members as its leader says: the coordinator's side of JoinGroup, SyncGroup,
 * Heartbeat and LeaveGroup, with static members (KIP-345), ids that are told first (KIP-394) and kept assignments (KIP-814).
 */
import { BrokerError, type ErrorCode, errors } from '../error-codes.ts'
import type { Time } from '../time.ts'
import {
  failedJoin,
  failedSync,
  type JoinAnswer,
  type JoinRequest,
  Member,
  noBytes,
  type SyncAnswer,
} from './member.ts'
import { Members } from './members.ts'

/** As DescribeGroups names them. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export interface SyncRequest {
  readonly memberId: string
  readonly instanceId: string | null
  readonly generationId: number
  /** null: an older client, which doesn't say. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  /** Of the leader. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[]
}

/** A new member may wait so long for a rebalance before it is given up (Kafka's own constant). */
const newMemberTimeoutMs = 5 * 60_000

export class ClassicGroup {
  state: GroupState = 'Empty'
  generationId = 0
  protocolType: string | null = null
  protocolName: string | null = null
  readonly members = new Members()
  private readonly time: Time
  private readonly newMemberId: (clientId: string) => string
  /** Ids that were told and have not come back; with what ends their wait. */
  private readonly told = new Map<string, () => void>()
  private offRebalance: (() => void) | undefined
  private offSync: (() => void) | undefined

  constructor(time: Time, newMemberId: (clientId: string) => string) {
    this.time = time
    this.newMemberId = newMemberId
  }

  /** Whether nobody is in it or on the way in. */
  get empty(): boolean {
    return this.members.size === 0 && this.told.size === 0
  }

  join(request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    try {
      this.tryJoin(request, answer)
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      answer(failedJoin(error.code, request.memberId))
    }
  }

  sync(request: SyncRequest, answer: (answer: SyncAnswer) => void): void {
    try {
      this.trySync(request, answer)
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      answer(failedSync(error.code))
    }
  }

  heartbeat(memberId: string, instanceId: string | null, generationId: number): ErrorCode {
    try {
      const member = this.members.find(memberId, instanceId)
      if (this.state === 'Empty') return errors.unknownMemberId
      if (generationId !== this.generationId) return errors.illegalGeneration
      this.keepAlive(member)
      return this.state === 'PreparingRebalance' ? errors.rebalanceInProgress : errors.none
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      return error.code
    }
  }

  leave(memberId: string, instanceId: string | null): ErrorCode {
    const off = this.told.get(memberId)
    if (off !== undefined) {
      off()
      this.told.delete(memberId)
      this.completeIfAll()
      return errors.none
    }
    try {
      // A static member may be put out by its name alone (Admin.removeMembersFromConsumerGroup).
      const named = memberId === '' ? this.members.named(instanceId)?.id : memberId
      this.remove(this.members.find(named ?? '', instanceId))
      return errors.none
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      return error.code
    }
  }

  /** Whether a commit of offsets by that member is one of this generation. Throws BrokerError. */
  checkCommit(memberId: string, instanceId: string | null, generationId: number): void {
    if (generationId < 0 && memberId === '' && instanceId === null) {
      // Who assigns partitions by itself commits without a generation, but not into a group that is at work.
      if (this.state !== 'Empty') throw new BrokerError(errors.unknownMemberId, 'the group has members')
      return
    }
    const member = this.members.find(memberId, instanceId)
    if (generationId !== this.generationId)
      throw new BrokerError(errors.illegalGeneration, 'another generation')
    if (this.state === 'CompletingRebalance') {
      throw new BrokerError(errors.rebalanceInProgress, 'the group is about to be assigned anew')
    }
    this.keepAlive(member)
  }

  /** Ends all timers. */
  close(): void {
    this.offRebalance?.()
    this.offSync?.()
    for (const off of this.told.values()) off()
    for (const member of this.members.all()) member.timer(undefined)
  }

  private tryJoin(request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    const { memberId, instanceId } = request
    this.checkProtocols(request)
    if (memberId === '') {
      const before = this.members.named(instanceId)
      const id = this.newMemberId(instanceId ?? request.clientId)
      if (before !== undefined) this.replace(before, id, request, answer)
      else if (request.idFirst && instanceId === null) this.tell(id, request, answer)
      else this.add(id, request, answer)
      return
    }
    const off = this.told.get(memberId)
    if (off !== undefined) {
      off()
      this.told.delete(memberId)
      this.add(memberId, request, answer)
      return
    }
    this.rejoin(this.members.find(memberId, instanceId), request, answer)
  }

  private rejoin(member: Member, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    const changed = !member.saysSame(request.protocols)
    const rebalance =
      this.state === 'PreparingRebalance' ||
      changed ||
      (this.state === 'Stable' && member.id === this.members.leader)
    if (!rebalance) {
      // It has missed the answer, or asks again without need: the same as before.
      member.update(request)
      this.keepAlive(member)
      answer(this.joined(member))
      return
    }
    this.wait(member, request, answer)
    if (this.state === 'PreparingRebalance') this.completeIfAll()
    else this.rebalance()
  }

  private tell(id: string, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    const off = this.time.after(request.sessionTimeoutMs, () => {
      this.told.delete(id)
      this.completeIfAll()
    })
    this.told.set(id, off)
    answer(failedJoin(errors.memberIdRequired, id))
  }

  private add(id: string, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    const member = new Member(id, request)
    this.members.add(member)
    this.wait(member, request, answer)
    // A wait for a rebalance that never ends, as when another member hangs, must end for somebody who has gone.
    member.timer(this.time.after(newMemberTimeoutMs, () => this.expire(member)))
    if (this.state === 'PreparingRebalance') this.completeIfAll()
    else this.rebalance()
  }

  /** A static member comes back under a new id, mostly after a restart. */
  private replace(
    member: Member,
    id: string,
    request: JoinRequest,
    answer: (answer: JoinAnswer) => void,
  ): void {
    const before = member.id
    const fenced = failedJoin(errors.fencedInstanceId, before)
    member.answerJoin(fenced)
    member.answerSync(failedSync(errors.fencedInstanceId))
    const led = this.members.rename(member, id)
    const protocolBefore = this.protocolName
    member.update(request)
    if (this.state === 'Stable' && this.members.choose() === protocolBefore) {
      // What it gets stays the same, so nobody else needs to know.
      this.keepAlive(member)
      const joined = this.joined(member)
      answer(
        led && !request.maySkip
          ? { ...joined, leader: before, members: [] }
          : { ...joined, skipAssignment: led },
      )
      return
    }
    this.wait(member, request, answer)
    if (this.state === 'PreparingRebalance') this.completeIfAll()
    else this.rebalance()
  }

  private wait(member: Member, request: JoinRequest, answer: (answer: JoinAnswer) => void): void {
    // The same member on another connection: the first question will never be asked for again.
    member.answerJoin(failedJoin(errors.unknownMemberId, member.id))
    member.update(request)
    member.joining = answer
    member.timer(undefined)
  }

  private rebalance(): void {
    this.offSync?.()
    for (const member of this.members.all()) {
      member.assignment = noBytes
      if (member.syncing === undefined) continue
      member.answerSync(failedSync(errors.rebalanceInProgress))
      this.keepAlive(member)
    }
    this.state = 'PreparingRebalance'
    this.offRebalance?.()
    this.offRebalance = this.time.after(this.members.rebalanceTimeoutMs(), () => this.complete())
    this.completeIfAll()
  }

  private completeIfAll(): void {
    if (this.state !== 'PreparingRebalance' || this.told.size > 0) return
    for (const { joining } of this.members.all()) if (joining === undefined) return
    this.complete()
  }

  /** The rebalance is over: who has not come is out, unless it is static. */
  private complete(): void {
    this.offRebalance?.()
    this.offRebalance = undefined
    for (const member of this.members.all()) {
      if (member.joining === undefined && member.instanceId === null) this.forget(member)
    }
    if (this.members.byId.get(this.members.leader ?? '')?.joining === undefined) {
      const next = this.members.all().find(({ joining }) => joining !== undefined)
      if (next !== undefined) this.members.leader = next.id
      else if (this.members.size > 0) {
        // Static members only, and none has come: their sessions end them. Some say that they need no time at all.
        const again = Math.max(1_000, this.members.rebalanceTimeoutMs())
        this.offRebalance = this.time.after(again, () => this.complete())
        return
      }
    }
    this.generationId++
    if (this.members.size === 0) {
      this.state = 'Empty'
      this.protocolName = null
      this.members.leader = undefined
      return
    }
    this.protocolName = this.members.choose()
    this.state = 'CompletingRebalance'
    this.offSync = this.time.after(this.members.rebalanceTimeoutMs(), () => this.dropUnsynced())
    for (const member of this.members.all()) {
      if (member.joining === undefined) continue
      this.keepAlive(member)
      member.answerJoin(this.joined(member))
    }
  }

  /** Who has got its generation but does not ask for its assignment holds up all others. */
  private dropUnsynced(): void {
    const late = this.members.all().filter(({ syncing }) => syncing === undefined)
    for (const member of late) this.forget(member)
    if (late.length > 0) this.rebalance()
  }

  private trySync(request: SyncRequest, answer: (answer: SyncAnswer) => void): void {
    const member = this.members.find(request.memberId, request.instanceId)
    if (request.generationId !== this.generationId) {
      throw new BrokerError(errors.illegalGeneration, 'another generation')
    }
    const differs = (said: string | null, is: string | null): boolean => said !== null && said !== is
    if (
      differs(request.protocolType, this.protocolType) ||
      differs(request.protocolName, this.protocolName)
    ) {
      throw new BrokerError(errors.inconsistentGroupProtocol, 'another protocol')
    }
    if (this.state === 'PreparingRebalance') {
      throw new BrokerError(errors.rebalanceInProgress, 'the group is rebalancing')
    }
    if (this.state === 'Stable') {
      this.keepAlive(member)
      answer(this.assigned(member))
      return
    }
    member.answerSync(failedSync(errors.unknownMemberId))
    member.syncing = answer
    member.timer(undefined)
    if (member.id !== this.members.leader) return
    this.offSync?.()
    const assignments = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, assignment]))
    this.state = 'Stable'
    for (const each of this.members.all()) {
      each.assignment = assignments.get(each.id) ?? noBytes
      this.keepAlive(each)
      each.answerSync(this.assigned(each))
    }
  }

  private assigned(member: Member): SyncAnswer {
    const { protocolType, protocolName } = this
    return { errorCode: errors.none, protocolType, protocolName, assignment: member.assignment }
  }

  private joined(member: Member): JoinAnswer {
    const leads = member.id === this.members.leader
    return {
      errorCode: errors.none,
      generationId: this.generationId,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leader: this.members.leader!,
      skipAssignment: false,
      memberId: member.id,
      members: leads
        ? this.members.all().map((each) => ({
            memberId: each.id,
            groupInstanceId: each.instanceId,
            metadata: each.metadata(this.protocolName),
          }))
        : [],
    }
  }

  /** Throws BrokerError INCONSISTENT_GROUP_PROTOCOL. */
  private checkProtocols(request: JoinRequest): void {
    const { protocolType, protocols } = request
    const fits =
      protocolType !== '' &&
      protocols.length > 0 &&
      (this.members.size === 0 || protocolType === this.protocolType) &&
      this.members.fits(request)
    if (!fits) {
      throw new BrokerError(
        errors.inconsistentGroupProtocol,
        'no protocol that all members of the group know',
      )
    }
    if (this.members.size === 0) this.protocolType = protocolType
  }

  private keepAlive(member: Member): void {
    member.timer(this.time.after(member.sessionTimeoutMs, () => this.expire(member)))
  }

  private expire(member: Member): void {
    this.remove(member)
  }

  private remove(member: Member): void {
    this.forget(member)
    if (this.state === 'Stable' || this.state === 'CompletingRebalance') this.rebalance()
    else this.completeIfAll()
  }

  private forget(member: Member): void {
    member.timer(undefined)
    member.answerJoin(failedJoin(errors.unknownMemberId, member.id))
    member.answerSync(failedSync(errors.unknownMemberId))
    this.members.remove(member)
  }
}
