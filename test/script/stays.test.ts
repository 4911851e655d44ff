/** Whether a script was cut off for its own time or for the machine's. */
import { expect, it } from 'vitest'
import type { LiveIsolate } from '../../src/script/host/isolates.ts'
import { enter, HeldUp } from '../../src/script/host/stays.ts'

const isolate = (): LiveIsolate => ({ entered: new Set(), progressAt: 0 }) as unknown as LiveIsolate

const cutOff = (timeoutMs: number, work: () => void): Promise<Error> =>
  new Promise((resolve, reject) => {
    const { promise, reject: end } = Promise.withResolvers<never>()
    enter(isolate(), timeoutMs, promise, reject, resolve)
    work()
    end(new Error('Script execution timed out.'))
  })

const usedMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

it('one that worked is blamed', async () => {
  const until = usedMs() + 60
  const error = await cutOff(50, () => {
    while (usedMs() < until);
  })
  expect(error).not.toBeInstanceOf(HeldUp)
})

it('one that waited for the processor is not', async () => {
  expect(await cutOff(10_000, () => undefined)).toBeInstanceOf(HeldUp)
})
