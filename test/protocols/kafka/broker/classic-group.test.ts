/** The coordinator's side of a classic group, by a clock that stands still. */
import { describe, expect, it } from 'vitest'
import { errors } from '../../../../src/protocols/kafka/broker/error-codes.ts'
import { ClassicGroup } from '../../../../src/protocols/kafka/broker/groups/classic-group.ts'
import type {
  JoinAnswer,
  JoinRequest,
  SyncAnswer,
} from '../../../../src/protocols/kafka/broker/groups/member.ts'
import { testClock } from '../../../support/clock.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (of: Uint8Array): string => new TextDecoder().decode(of)

const group = () => {
  const clock = testClock()
  let ids = 0
  const coordinator = new ClassicGroup(clock, (clientId) => `${clientId}-${++ids}`)
  /** What was answered; undefined as long as nothing was. */
  const join = (clientId: string, more: Partial<JoinRequest> = {}): { answer: JoinAnswer | undefined } => {
    const asked: { answer: JoinAnswer | undefined } = { answer: undefined }
    coordinator.join(
      {
        memberId: '',
        instanceId: null,
        clientId,
        clientHost: '/127.0.0.1',
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: bytes(`topics of ${clientId}`) }],
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        idFirst: false,
        maySkip: true,
        ...more,
      },
      (answer) => {
        expect(asked.answer).toBeUndefined()
        asked.answer = answer
      },
    )
    return asked
  }
  const sync = (
    joined: JoinAnswer,
    assignments: Record<string, string> = {},
  ): { answer: SyncAnswer | undefined } => {
    const asked: { answer: SyncAnswer | undefined } = { answer: undefined }
    coordinator.sync(
      {
        memberId: joined.memberId,
        instanceId: null,
        generationId: joined.generationId,
        protocolType: 'consumer',
        protocolName: joined.protocolName,
        assignments: Object.entries(assignments).map(([memberId, assignment]) => ({
          memberId,
          assignment: bytes(assignment),
        })),
      },
      (answer) => {
        asked.answer = answer
      },
    )
    return asked
  }
  const beat = ({ memberId, generationId }: JoinAnswer) => coordinator.heartbeat(memberId, null, generationId)
  /** A group of two that is at work; the first one leads. */
  const pair = () => {
    const first = join('a').answer!
    sync(first, { [first.memberId]: 'all' })
    const second = join('b')
    const again = join('a', { memberId: first.memberId }).answer!
    const b = second.answer!
    const bs = sync(b)
    const as = sync(again, { [again.memberId]: 'half a', [b.memberId]: 'half b' })
    return { a: again, b, assigned: [as.answer!, bs.answer!] }
  }
  return { clock, coordinator, join, sync, beat, pair }
}

describe('joining', () => {
  it('makes the first one the leader, who assigns', () => {
    const { join, sync, beat, coordinator } = group()
    const { answer } = join('a')
    expect(answer).toMatchObject({
      errorCode: 0,
      generationId: 1,
      protocolType: 'consumer',
      protocolName: 'range',
      leader: 'a-1',
      memberId: 'a-1',
      members: [{ memberId: 'a-1', groupInstanceId: null }],
    })
    expect(coordinator.state).toBe('CompletingRebalance')
    expect(text(sync(answer!, { 'a-1': 'all' }).answer!.assignment)).toBe('all')
    expect(coordinator.state).toBe('Stable')
    expect(beat(answer!)).toBe(errors.none)
  })

  it('waits for all others, who hear of it by their heartbeats', () => {
    const { join, sync, beat, coordinator } = group()
    const a = join('a').answer!
    sync(a, { 'a-1': 'all' })
    const second = join('b')
    expect(second.answer).toBeUndefined()
    expect(coordinator.state).toBe('PreparingRebalance')
    expect(beat(a)).toBe(errors.rebalanceInProgress)
    const again = join('a', { memberId: 'a-1' }).answer!
    expect([again.generationId, again.leader, again.members.length]).toEqual([2, 'a-1', 2])
    expect(second.answer).toMatchObject({ generationId: 2, leader: 'a-1', members: [] })
    // Who asks first waits for the leader's assignment.
    const waiting = sync(second.answer!)
    expect(waiting.answer).toBeUndefined()
    expect(text(sync(again, { 'a-1': '0', 'b-2': '1' }).answer!.assignment)).toBe('0')
    expect(text(waiting.answer!.assignment)).toBe('1')
  })

  it('tells an id first, if the client knows that', () => {
    const { join, clock, coordinator } = group()
    const { answer } = join('a', { idFirst: true })
    expect(answer).toMatchObject({ errorCode: errors.memberIdRequired, memberId: 'a-1', generationId: -1 })
    expect([coordinator.members.size, coordinator.empty]).toEqual([0, false])
    expect(join('a', { idFirst: true, memberId: 'a-1' }).answer).toMatchObject({
      errorCode: 0,
      memberId: 'a-1',
    })
    // One that never comes back is forgotten.
    expect(join('b', { idFirst: true }).answer!.memberId).toBe('b-2')
    clock.pass(10_000)
    expect(join('b', { idFirst: true, memberId: 'b-2' }).answer!.errorCode).toBe(errors.unknownMemberId)
  })

  it('holds a rebalance up for ids that were told, and goes on without them', () => {
    const { join, clock, coordinator, beat } = group()
    const a = join('a').answer!
    const told = join('b', { idFirst: true }).answer!
    const c = join('c')
    const again = join('a', { memberId: a.memberId })
    expect([c.answer, again.answer]).toEqual([undefined, undefined])
    expect(coordinator.leave(told.memberId, null)).toBe(errors.none)
    expect([c.answer!.generationId, again.answer!.generationId]).toEqual([2, 2])
    expect(beat(c.answer!)).toBe(errors.none)
    clock.pass(1)
  })

  it('refuses a protocol that not all know, and another type', () => {
    const { join } = group()
    join('a')
    const other = join('b', { protocols: [{ name: 'sticky', metadata: bytes('') }] })
    expect(other.answer!.errorCode).toBe(errors.inconsistentGroupProtocol)
    expect(join('b', { protocolType: 'connect' }).answer!.errorCode).toBe(errors.inconsistentGroupProtocol)
    expect(join('b', { protocols: [] }).answer!.errorCode).toBe(errors.inconsistentGroupProtocol)
    expect(join('b', { memberId: 'nobody' }).answer!.errorCode).toBe(errors.unknownMemberId)
  })

  it('chooses the protocol that all know and most like best', () => {
    const { join, coordinator } = group()
    const names = (...all: string[]) => all.map((name) => ({ name, metadata: bytes(name) }))
    const a = join('a', { protocols: names('range', 'roundrobin', 'sticky') }).answer!
    const b = join('b', { protocols: names('sticky', 'roundrobin') })
    const c = join('c', { protocols: names('sticky', 'range', 'roundrobin') })
    join('a', { memberId: a.memberId, protocols: names('range', 'roundrobin', 'sticky') })
    expect(b.answer!.protocolName).toBe('sticky')
    expect(c.answer!.protocolName).toBe('sticky')
    expect(coordinator.members.all().map((member) => text(member.metadata('sticky')))).toEqual([
      'sticky',
      'sticky',
      'sticky',
    ])
  })

  it('answers the same to a member that has missed the answer, and starts anew when it says something else', () => {
    const { join, pair, coordinator } = group()
    const { b } = pair()
    expect(join('b', { memberId: b.memberId }).answer).toMatchObject({
      generationId: b.generationId,
      members: [],
    })
    expect(coordinator.state).toBe('Stable')
    const changed = join('b', {
      memberId: b.memberId,
      protocols: [{ name: 'range', metadata: bytes('more') }],
    })
    expect(changed.answer).toBeUndefined()
    expect(coordinator.state).toBe('PreparingRebalance')
  })
})

describe('a rebalance', () => {
  it('ends without those who have not come back in time', () => {
    const { join, pair, clock, beat, coordinator } = group()
    const { a, b } = pair()
    const c = join('c')
    for (let passed = 0; passed < 60_000; passed += 5_000) {
      expect(beat(a)).toBe(errors.rebalanceInProgress)
      expect(beat(b)).toBe(errors.rebalanceInProgress)
      clock.pass(5_000)
    }
    expect(c.answer).toMatchObject({ generationId: 3, leader: c.answer!.memberId })
    expect([...coordinator.members.byId.keys()]).toEqual([c.answer!.memberId])
    expect(beat(a)).toBe(errors.unknownMemberId)
  })

  it('begins when a session ends', () => {
    const { pair, clock, beat, coordinator } = group()
    const { a, b } = pair()
    clock.pass(9_999)
    expect(beat(a)).toBe(errors.none)
    clock.pass(1)
    expect(coordinator.state).toBe('PreparingRebalance')
    expect(beat(b)).toBe(errors.unknownMemberId)
    expect(beat(a)).toBe(errors.rebalanceInProgress)
  })

  it('begins when somebody leaves, and the next one leads', () => {
    const { pair, coordinator, join } = group()
    const { a, b } = pair()
    expect(coordinator.leave(a.memberId, null)).toBe(errors.none)
    expect(coordinator.leave(a.memberId, null)).toBe(errors.unknownMemberId)
    expect(join('b', { memberId: b.memberId }).answer).toMatchObject({ generationId: 3, leader: b.memberId })
    expect(coordinator.leave(b.memberId, null)).toBe(errors.none)
    expect([coordinator.state, coordinator.generationId]).toEqual(['Empty', 4])
  })

  it('tells who waits for an assignment that it is out of date', () => {
    const { join, sync } = group()
    const a = join('a').answer!
    const b = join('b')
    const again = join('a', { memberId: a.memberId }).answer!
    const waiting = sync(b.answer!)
    join('c')
    expect(waiting.answer!.errorCode).toBe(errors.rebalanceInProgress)
    expect(sync(again, {}).answer!.errorCode).toBe(errors.rebalanceInProgress)
  })

  it('puts out who never asks for its assignment', () => {
    const { join, sync, clock, coordinator, beat } = group()
    const a = join('a').answer!
    const b = join('b')
    const again = join('a', { memberId: a.memberId }).answer!
    const waiting = sync(b.answer!)
    // The leader is alive and does nothing.
    for (let passed = 0; passed < 60_000; passed += 5_000) {
      expect(beat(again)).toBe(errors.none)
      clock.pass(5_000)
    }
    expect(waiting.answer!.errorCode).toBe(errors.rebalanceInProgress)
    expect([...coordinator.members.byId.keys()]).toEqual([b.answer!.memberId])
    expect(join('b', { memberId: b.answer!.memberId }).answer).toMatchObject({
      generationId: 3,
      leader: b.answer!.memberId,
    })
  })

  it('does not end the session of those who wait for it', () => {
    const { join, pair, clock, coordinator } = group()
    const { a, b } = pair()
    const c = join('c')
    join('a', { memberId: a.memberId })
    clock.pass(9_000)
    const waiting = join('b', { memberId: b.memberId, rebalanceTimeoutMs: 30_000 })
    expect(waiting.answer!.generationId).toBe(3)
    expect(c.answer!.generationId).toBe(3)
    expect(coordinator.members.size).toBe(3)
  })

  it('gives up a new member that waits longer than five minutes', () => {
    const { join, pair, clock, coordinator, beat } = group()
    const first = pair()
    // Others with a very long time for rebalances hold it up.
    join('b', {
      memberId: first.b.memberId,
      rebalanceTimeoutMs: 1_000_000,
      protocols: [{ name: 'range', metadata: bytes('x') }],
    })
    const c = join('c')
    for (let passed = 0; passed < 300_000; passed += 5_000) {
      beat(first.a)
      clock.pass(5_000)
    }
    expect(c.answer!.errorCode).toBe(errors.unknownMemberId)
    expect(coordinator.members.size).toBe(2)
  })
})

describe('a heartbeat and a commit', () => {
  it('must be of this generation', () => {
    const { pair, coordinator } = group()
    const { a } = pair()
    const commit = (memberId: string, generationId: number): number => {
      try {
        coordinator.checkCommit(memberId, null, generationId)
        return errors.none
      } catch (error) {
        return (error as { code: number }).code
      }
    }
    expect(coordinator.heartbeat(a.memberId, null, 1)).toBe(errors.illegalGeneration)
    expect(coordinator.heartbeat('nobody', null, 2)).toBe(errors.unknownMemberId)
    expect(commit(a.memberId, 2)).toBe(errors.none)
    expect(commit(a.memberId, 1)).toBe(errors.illegalGeneration)
    expect(commit('nobody', 2)).toBe(errors.unknownMemberId)
    // Without a group's protocol only while nobody is in it.
    expect(commit('', -1)).toBe(errors.unknownMemberId)
  })

  it('keeps the session alive', () => {
    const { pair, coordinator, clock, beat } = group()
    const { a, b } = pair()
    clock.pass(9_000)
    coordinator.checkCommit(a.memberId, null, 2)
    expect(beat(b)).toBe(errors.none)
    clock.pass(9_000)
    expect(coordinator.state).toBe('Stable')
  })
})

describe('a static member', () => {
  const named = { instanceId: 'worker-1' }

  it('comes back under a new id without a rebalance, and the old one is fenced', () => {
    const { join, sync, pair, coordinator } = group()
    const { b } = pair()
    const s = join('s', named)
    join('a', { memberId: 'a-1' })
    join('b', { memberId: b.memberId })
    const first = s.answer!
    const [leader] = coordinator.members.all()
    sync({ ...first, memberId: leader!.id }, { [first.memberId]: 'mine' })
    expect(coordinator.state).toBe('Stable')
    const back = join('s', named).answer!
    expect(back).toMatchObject({ errorCode: 0, generationId: first.generationId, leader: leader!.id })
    expect(back.memberId).not.toBe(first.memberId)
    expect(text(sync(back).answer?.assignment ?? bytes('?'))).toBe('mine')
    expect(coordinator.heartbeat(first.memberId, 'worker-1', first.generationId)).toBe(
      errors.fencedInstanceId,
    )
    expect(coordinator.heartbeat(back.memberId, 'worker-1', first.generationId)).toBe(errors.none)
    expect(coordinator.heartbeat(back.memberId, 'worker-2', first.generationId)).toBe(errors.unknownMemberId)
  })

  it('that leads is told to keep the assignment, or finds another leader when it cannot read that', () => {
    const { join, sync } = group()
    const first = join('s', named).answer!
    sync(first, { [first.memberId]: 'all' })
    const back = join('s', named).answer!
    expect(back).toMatchObject({ skipAssignment: true, leader: back.memberId })
    expect(back.members).toHaveLength(1)
    const old = join('s', { ...named, maySkip: false }).answer!
    expect(old).toMatchObject({ skipAssignment: false, leader: back.memberId, members: [] })
    expect(text(sync(old).answer!.assignment)).toBe('all')
  })

  it('is put out by its name', () => {
    const { join, coordinator } = group()
    join('s', named)
    expect(coordinator.leave('', 'worker-2')).toBe(errors.unknownMemberId)
    expect(coordinator.leave('', 'worker-1')).toBe(errors.none)
    expect(coordinator.empty).toBe(true)
  })

  it('that does not come back stays until its session ends', () => {
    const { join, sync, clock, coordinator } = group()
    const s = join('s', { ...named, sessionTimeoutMs: 100_000 }).answer!
    sync(s, {})
    const other = join('b', { rebalanceTimeoutMs: 1_000 })
    clock.pass(60_000)
    expect(other.answer).toMatchObject({ errorCode: 0, generationId: 2 })
    expect(other.answer!.leader).toBe(other.answer!.memberId)
    expect(coordinator.members.size).toBe(2)
    clock.pass(40_000)
    expect(coordinator.members.byId.has(s.memberId)).toBe(false)
  })
})

it('does not spin for static members that leave themselves no time', () => {
  const { join, sync, clock, coordinator } = group()
  const none = { rebalanceTimeoutMs: 0 }
  const s = join('s', { ...none, instanceId: 'worker-1', sessionTimeoutMs: 30_000 }).answer!
  sync(s, {})
  const b = join('b', none)
  clock.pass(0)
  expect(b.answer!.errorCode).toBe(0)
  coordinator.leave(b.answer!.memberId, null)
  let timers = 0
  const { after } = clock
  Object.assign(clock, {
    after: (ms: number, run: () => void) => {
      timers++
      return after(ms, run)
    },
  })
  clock.pass(29_999)
  expect(timers).toBeLessThan(40)
  clock.pass(1)
  expect(coordinator.state).toBe('Empty')
})

it('leaves no timer behind', () => {
  const { pair, coordinator, clock, join } = group()
  pair()
  join('c')
  join('d', { idFirst: true })
  coordinator.close()
  expect(clock.timers).toBe(0)
})
