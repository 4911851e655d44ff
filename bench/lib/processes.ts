/** Servers under measurement, each in a process of its own, ended by their own pid. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Server {
  readonly pid: number
  /** `127.0.0.1:port`. */
  readonly address: string
  /** The first line, parsed. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Milliseconds from spawn to the first line. */
  readonly readyMs: number
  stop(): Promise<void>
}

/** Starts a program whose first line on stdout is JSON with `listen`; later lines are read and dropped. */
export const start = async (
  args: readonly string[],
  cwd = root,
  env: NodeJS.ProcessEnv = {},
): Promise<Server> => {
  const begun = performance.now()
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const ready = JSON.parse(await firstLine(child)) as Record<string, unknown>
  return {
    pid: child.pid!,
    address: String(ready['listen']),
    ready,
    readyMs: performance.now() - begun,
    stop: async () => {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

const firstLine = async (child: ChildProcess): Promise<string> => {
  const lines = createInterface({ input: child.stdout! })
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`a server ended with ${code} before it was ready`)),
    ),
  ])
  lines.close()
  child.stdout!.resume()
  return line
}

/** `flags` after `start --json --port 0`. */
export const startProxy = (workspace: string, ...flags: string[]): Promise<Server> =>
  start([`${root}/bin/run.js`, 'start', '--json', '--port', '0', ...flags], workspace)

export const startBare = (...args: string[]): Promise<Server> =>
  start([`${root}/bench/lib/bare-server.ts`, ...args])

export const startBareHttp2 = (...args: string[]): Promise<Server> =>
  start([`${root}/bench/lib/bare-http2.ts`, ...args])

export const startBareGrpc = (): Promise<Server> => start([`${root}/bench/lib/bare-grpc.ts`])

/** Resident memory in MB; Linux only, as is the bench's wrk. */
export const residentMb = (pid: number): number => {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1] ?? 0) / 1024
}
