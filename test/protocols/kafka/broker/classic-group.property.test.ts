/** A group whose members join, leave, hang and vanish as they like; once they behave, all who are left are in it, each with its part. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { errors } from '../../../../src/protocols/kafka/broker/error-codes.ts'
import { ClassicGroup } from '../../../../src/protocols/kafka/broker/groups/classic-group.ts'
import type { JoinAnswer } from '../../../../src/protocols/kafka/broker/groups/member.ts'
import { type TestClock, testClock } from '../../../support/clock.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const sessionTimeoutMs = 10_000
const rebalanceTimeoutMs = 20_000

/** A client as clients are: it does the next thing whenever it is asked to act. */
class Client {
  alive = true
  memberId = ''
  generationId = -1
  phase: 'out' | 'joining' | 'joined' | 'syncing' | 'in' = 'out'
  assignment = ''
  private readonly group: ClassicGroup
  private readonly name: string
  private readonly instanceId: string | null
  private joined: JoinAnswer | undefined
  /** Answers to what was asked in an earlier life are nobody's. */
  private life = 0

  constructor(group: ClassicGroup, name: string, isStatic: boolean) {
    this.group = group
    this.name = name
    this.instanceId = isStatic ? name : null
  }

  /** The process is gone, and another one comes. */
  restart(): void {
    this.life++
    this.memberId = ''
    this.phase = 'out'
  }

  act(): void {
    if (this.phase === 'out') this.join()
    else if (this.phase === 'joined') this.sync()
    else if (this.phase === 'in') this.beat()
  }

  leave(): void {
    if (this.memberId !== '') this.group.leave(this.memberId, this.instanceId)
    this.restart()
  }

  private join(): void {
    const { life } = this
    this.phase = 'joining'
    const request = {
      memberId: this.memberId,
      instanceId: this.instanceId,
      clientId: this.name,
      clientHost: '',
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: bytes(this.name) }],
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      idFirst: true,
      maySkip: true,
    }
    this.group.join(request, (answer) => {
      if (life !== this.life) return
      this.phase = 'out'
      if (answer.errorCode === errors.memberIdRequired) this.memberId = answer.memberId
      else if (answer.errorCode !== errors.none) this.failed(answer.errorCode)
      else {
        this.joined = answer
        this.memberId = answer.memberId
        this.generationId = answer.generationId
        this.phase = 'joined'
      }
    })
  }

  private sync(): void {
    const { life, joined } = this
    const { generationId, members, skipAssignment } = joined!
    this.phase = 'syncing'
    const request = {
      memberId: this.memberId,
      instanceId: this.instanceId,
      generationId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments: skipAssignment
        ? []
        : members.map(({ memberId, metadata }) => ({
            memberId,
            assignment: bytes(`${generationId} for ${new TextDecoder().decode(metadata)}`),
          })),
    }
    this.group.sync(request, (answer) => {
      if (life !== this.life) return
      this.phase = 'out'
      if (answer.errorCode !== errors.none) return this.failed(answer.errorCode)
      this.assignment = new TextDecoder().decode(answer.assignment)
      // Whoever has a part has the one of its generation.
      expect(this.assignment).toBe(`${generationId} for ${this.name}`)
      this.phase = 'in'
    })
  }

  private beat(): void {
    const code = this.group.heartbeat(this.memberId, this.instanceId, this.generationId)
    if (code === errors.none) return
    this.phase = 'out'
    this.failed(code)
  }

  private failed(code: number): void {
    if (code !== errors.rebalanceInProgress && code !== errors.illegalGeneration) this.memberId = ''
  }
}

const names = ['a', 'b', 'c', 'd', 'e']
const step = fc.tuple(
  fc.nat(names.length - 1),
  fc.oneof(
    { weight: 12, arbitrary: fc.constant('act' as const) },
    { weight: 1, arbitrary: fc.constantFrom('leave' as const, 'restart' as const, 'vanish' as const) },
  ),
  fc.constantFrom(0, 0, 0, 500, 3_000, 12_000),
)

const calm = (clients: readonly Client[], clock: TestClock): void => {
  // Long enough for every time-out there is, one after the other.
  for (let seconds = 0; seconds < 200; seconds++) {
    for (const client of clients) if (client.alive) client.act()
    clock.pass(1_000)
  }
}

it.each([false, true])('settles, whatever has happened (static members: %s)', (isStatic) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const clock = testClock()
      let ids = 0
      const group = new ClassicGroup(clock, (clientId) => `${clientId}-${++ids}`)
      const clients = names.map((name, i) => new Client(group, name, isStatic && i % 2 === 0))
      for (const [index, what, ms] of steps) {
        const client = clients[index]!
        if (!client.alive) continue
        if (what === 'act') client.act()
        else if (what === 'leave') client.leave()
        else if (what === 'restart') client.restart()
        else client.alive = false
        clock.pass(ms)
      }
      calm(clients, clock)
      const living = clients.filter(({ alive }) => alive)
      expect(living.map(({ phase }) => phase)).toEqual(living.map(() => 'in'))
      expect(
        group.members
          .all()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(living.map(({ memberId }) => memberId).sort())
      expect(group.state).toBe(living.length === 0 ? 'Empty' : 'Stable')
      for (const { generationId } of living) expect(generationId).toBe(group.generationId)
      for (const client of living) client.leave()
      clock.pass(60_000)
      expect([group.state, group.empty, clock.timers]).toEqual(['Empty', true, 0])
    }),
    { numRuns: 150 },
  )
})
