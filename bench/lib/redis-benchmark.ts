/** Load by redis-benchmark against redis-server, both from the system's packages. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export const redisVersion = (): string | undefined => {
  try {
    execFileSync('redis-benchmark', ['--version'], { stdio: 'pipe' })
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1]
  } catch {
    return undefined
  }
}

/** A server that keeps nothing, on a port that it is given. */
export const startRedis = async (port: number): Promise<{ stop(): Promise<void> }> => {
  const child: ChildProcess = spawn(
    'redis-server',
    ['--port', String(port), '--save', '', '--maxclients', '20000', '--dir', '/tmp'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout! })
  for await (const line of lines) if (line.includes('Ready to accept connections')) break
  child.stdout!.resume()
  return {
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

export interface RedisLoad {
  readonly port: number
  /** `GET`, `SET`, `MSET`: redis-benchmark's tests; MSET sets ten keys. */
  readonly test: string
  readonly pipelining: number
  readonly requests: number
}

/** Requests a second, with 50 connections. */
export const redisBenchmark = async ({ port, test, pipelining, requests }: RedisLoad): Promise<number> => {
  const { stdout } = await promisify(execFile)('redis-benchmark', [
    ...['-p', String(port), '-t', test.toLowerCase(), '-n', String(requests), '-c', '50'],
    ...['-P', String(pipelining), '-r', '10000', '--csv'],
  ])
  const row = stdout.split('\n').find((line) => line.startsWith(`"${test}`))
  const rate = Number(row?.split(',')[1]?.replaceAll('"', ''))
  if (!(rate > 0)) throw new Error(`redis-benchmark gave no rate:\n${stdout}`)
  return rate
}
