/** Calls that are over are judged between others, in order, once; none is waited for for ever. */
import { expect, it } from 'vitest'
import type { Judged, PendingCheck } from '../../src/core/contract.ts'
import { LaterChecks } from '../../src/proxy/later-checks.ts'
import { testClock } from '../support/clock.ts'

const judged: Judged = { breaches: [], unchecked: undefined }

interface TestCheck extends PendingCheck {
  seen(): void
  dropped: boolean
}

/** `seen`: both sides have been seen already. */
const check = (name: string, told: string[], seen = true): TestCheck => {
  let run: (() => void) | undefined
  return {
    dropped: false,
    whenSeen: (one) => {
      if (seen) one()
      else run = one
    },
    seen: () => run?.(),
    judge: () => {
      told.push(name)
      return judged
    },
    drop() {
      this.dropped = true
    },
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('judges in the order in which calls ended, and never on their path', async () => {
  const told: string[] = []
  const checks = new LaterChecks(testClock())
  const done: Judged[] = []
  for (const name of ['a', 'b']) checks.add(check(name, told), (one) => done.push(one))
  expect(told).toEqual([])
  await turn()
  expect(told).toEqual(['a', 'b'])
  expect(done).toEqual([judged, judged])
})

it('waits a second for a body that has not come, and no longer', async () => {
  const clock = testClock()
  const told: string[] = []
  const checks = new LaterChecks(clock)
  const [late, never] = [check('late', told, false), check('never', told, false)]
  checks.add(late, () => undefined)
  checks.add(never, () => undefined)
  late.seen()
  await turn()
  expect([told, clock.timers]).toEqual([['late'], 1])
  clock.pass(1_000)
  await turn()
  expect([told, clock.timers]).toEqual([['late', 'never'], 0])
  never.seen()
  await turn()
  expect(told).toEqual(['late', 'never'])
})

it('settles all of them at once, those that wait included', () => {
  const clock = testClock()
  const told: string[] = []
  const checks = new LaterChecks(clock)
  checks.add(check('a', told), () => undefined)
  checks.add(check('b', told, false), () => undefined)
  checks.settle()
  expect([told, clock.timers]).toEqual([['a', 'b'], 0])
})

it('leaves out, and says so, what could never be caught up with', () => {
  const told: string[] = []
  const checks = new LaterChecks(testClock())
  for (let n = 0; n < 20_000; n++) checks.add(check('x', told), () => undefined)
  const one = check('one too many', told)
  let said: string | undefined
  checks.add(one, ({ unchecked }) => {
    said = unchecked
  })
  expect(said).toBe('it was not looked at: too many calls wait to be checked')
  expect(one.dropped).toBe(true)
  checks.settle()
  expect(told).toHaveLength(20_000)
})
