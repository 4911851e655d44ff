/** Load by wrk, a program of its own, so that the client costs the servers nothing but its core. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

export interface Load {
  readonly address: string
  /** Host header: the service. */
  readonly host: string
  readonly path?: string
  /** `name: value` */
  readonly headers?: readonly string[]
  /** https, without verification. */
  readonly tls?: boolean
  /** A new connection for each request. */
  readonly close?: boolean
  /** A Lua script for wrk. */
  readonly script?: string
  readonly connections?: number
  readonly seconds?: number
}

export const wrkVersion = (): string | undefined => {
  try {
    // wrk prints its version and ends with 1.
    execFileSync('wrk', ['-v'], { encoding: 'utf8', stdio: 'pipe' })
    return 'wrk'
  } catch (error) {
    return /^(wrk [^\s]+)/.exec(String((error as { stdout?: string }).stdout ?? ''))?.[1]
  }
}

/** Requests per second. Fails when any answer was not 2xx or any connection broke: a fast wrong answer is no figure. */
export const wrk = async (load: Load): Promise<number> => {
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    `-c${load.connections ?? 32}`,
    `-d${load.seconds ?? 3}s`,
    '-H',
    `Host: ${load.host}`,
    ...(load.headers ?? []).flatMap((header) => ['-H', header]),
    ...(load.close === true ? ['-H', 'Connection: close'] : []),
    ...(load.script === undefined ? [] : ['-s', load.script]),
    `http${load.tls === true ? 's' : ''}://${load.address}${load.path ?? '/'}`,
  ])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk saw failures:\n${stdout}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1])
}

export interface Ratio {
  readonly ratio: number
  /** Lowest and highest of the rounds. */
  readonly spread: readonly [number, number]
  readonly subject: number
  readonly yardstick: number
}

/** Subject and yardstick in turns, so that a noisy machine meets both; the median of the rounds' ratios. */
export const compare = async (
  subject: Load,
  yardstick: Load,
  rounds = 5,
  measure: (load: Load) => Promise<number> = wrk,
): Promise<Ratio> => {
  await measure({ ...yardstick, seconds: 2 })
  await measure({ ...subject, seconds: 3 })
  const measured: { ratio: number; subject: number; yardstick: number }[] = []
  for (let round = 0; round < rounds; round++) {
    const base = await measure(yardstick)
    const own = await measure(subject)
    measured.push({ ratio: own / base, subject: own, yardstick: base })
  }
  measured.sort((a, b) => a.ratio - b.ratio)
  const middle = measured[Math.floor(measured.length / 2)]!
  return { ...middle, spread: [measured[0]!.ratio, measured.at(-1)!.ratio] }
}
