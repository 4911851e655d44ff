/** A real service in a process of its own; the program that runs there is real-service-main.ts. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Its port. */
export const realService = async (): Promise<number> => {
  const child = fork(fileURLToPath(new URL('real-service-main.ts', import.meta.url)), { execArgv: [] })
  onTestFinished(() => {
    child.kill()
  })
  const [port] = (await once(child, 'message')) as [number]
  return port
}
