/** svc-mock replay: sends the messages of a fixture in their order, in the time they took, faster or slower. */
import { readFileSync } from 'node:fs'
import { findRunning } from '../../control/find-running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { readFixture } from './fixture.ts'
import type { SentView } from './wire.ts'

export interface ReplayFlags {
  readonly root: string
  readonly pid: number | undefined
  readonly service: string | undefined
  readonly tenant: string | undefined
  readonly file: string
  /** 1: as it was; 2: twice as fast; 0: without any pause. */
  readonly speed: number
}

/** `wait`: resolves after so many milliseconds, or when it is to stop. Rejects as sendMessage does, and with FIXTURE_INVALID. */
export const replayMessages = async (
  { root, pid, service: asked, tenant, file, speed }: ReplayFlags,
  sent: (view: SentView) => void,
  wait: (ms: number) => Promise<void>,
  stop: AbortSignal,
): Promise<number> => {
  const { service: recorded, messages } = readFixture(readText(file), file)
  const service = asked ?? recorded
  const running = await findRunning(root, pid)
  const begin = performance.now()
  let count = 0
  for (const { atMs, topic, key, value, typed, headers, partition } of messages) {
    const left = speed === 0 ? 0 : atMs / speed - (performance.now() - begin)
    if (left > 0) await wait(left)
    if (stop.aborted) break
    sent(await running.sendMessage({ service, tenant, topic, key, value, typed, headers, partition }))
    count++
  }
  return count
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SvcMockError('FLAG_INVALID', `${file} cannot be read: ${(error as Error).message}`)
  }
}
