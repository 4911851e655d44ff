/** HTTP/2 load by h2load (of nghttp2), a program of its own: 8 connections with 16 streams each. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Load } from './wrk.ts'

export const h2loadVersion = (): string | undefined => {
  try {
    return execFileSync('h2load', ['--version'], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** With other connections, streams, headers or bodies than usual. */
export const h2loadWith =
  (...args: readonly string[]) =>
  (load: Load): Promise<number> =>
    run(load, args)

export const h2load = (load: Load): Promise<number> => run(load, ['-c', '8', '-m', '16'])

/** Requests per second. Fails when any answer was not 2xx: a fast wrong answer is no figure. */
const run = async (load: Load, args: readonly string[]): Promise<number> => {
  const { stdout } = await promisify(execFile)('h2load', [
    ...[...args, '-D', String(load.seconds ?? 3)],
    ...['-H', `:authority: ${load.host}`],
    `http://${load.address}${load.path ?? '/'}`,
  ])
  if (!/, 0 failed, 0 errored, 0 timeout/.test(stdout) || !/ 0 3xx, 0 4xx, 0 5xx/.test(stdout))
    throw new Error(`h2load saw failures:\n${stdout}`)
  return Number(/finished in [^,]+, ([\d.]+) req\/s/.exec(stdout)![1])
}
