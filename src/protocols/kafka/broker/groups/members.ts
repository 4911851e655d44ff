/** Who is in a classic group: members by id and by the names of static ones (KIP-345), the leader, and what they all know. */
import { BrokerError, errors } from '../error-codes.ts'
import type { JoinRequest, Member } from './member.ts'

export class Members {
  leader: string | undefined
  readonly byId = new Map<string, Member>()
  /** Member ids by the names of static members. */
  private readonly statics = new Map<string, string>()

  get size(): number {
    return this.byId.size
  }

  /** A copy, which stays when members go. */
  all(): Member[] {
    return [...this.byId.values()]
  }

  /** The static member of that name. */
  named(instanceId: string | null): Member | undefined {
    const id = instanceId === null ? undefined : this.statics.get(instanceId)
    return id === undefined ? undefined : this.byId.get(id)
  }

  /** Throws BrokerError UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
  find(id: string, instanceId: string | null): Member {
    if (instanceId !== null) {
      const now = this.statics.get(instanceId)
      if (now === undefined) throw new BrokerError(errors.unknownMemberId, 'no static member of that name')
      if (now !== id) {
        throw new BrokerError(errors.fencedInstanceId, 'another static member has that name now')
      }
    }
    const member = this.byId.get(id)
    if (member === undefined) throw new BrokerError(errors.unknownMemberId, 'no member of that id')
    return member
  }

  /** The first one leads. */
  add(member: Member): void {
    this.byId.set(member.id, member)
    if (member.instanceId !== null) this.statics.set(member.instanceId, member.id)
    this.leader ??= member.id
  }

  /** The same member under another id. Returns whether it leads. */
  rename(member: Member, id: string): boolean {
    const led = this.leader === member.id
    this.byId.delete(member.id)
    member.id = id
    this.byId.set(id, member)
    this.statics.set(member.instanceId!, id)
    if (led) this.leader = id
    return led
  }

  remove(member: Member): void {
    this.byId.delete(member.id)
    if (member.instanceId !== null) this.statics.delete(member.instanceId)
    if (this.leader === member.id) this.leader = this.byId.keys().next().value
  }

  /** The longest that any of them needs to come back. */
  rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.all().map((member) => member.rebalanceTimeoutMs))
  }

  /** Whether what a member says that joins fits all others. */
  fits({ protocols, memberId, instanceId }: JoinRequest): boolean {
    const before = memberId === '' ? this.named(instanceId)?.id : memberId
    const others = this.all().filter(({ id }) => id !== before)
    return (
      others.length === 0 || protocols.some(({ name }) => others.every((member) => member.supports(name)))
    )
  }

  /** The protocol that all members know and most of them like best. */
  choose(): string {
    const members = this.all()
    const votes = new Map<string, number>()
    for (const { protocols } of members) {
      const liked = protocols.find(({ name }) => members.every((member) => member.supports(name)))!
      votes.set(liked.name, (votes.get(liked.name) ?? 0) + 1)
    }
    return [...votes].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
  }
}
