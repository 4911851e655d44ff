/** Runs a command so that its calls pass through a proxy of its own, and says afterwards what they were. */
import type { Config } from '../../config/config.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import { type Environment, mergeEnv, type ProxyEnv, proxyEnv } from '../env/proxy-env.ts'
import { watchPeers } from '../peers/peer-watch.ts'
import type { Running } from '../running.ts'
import { type StartProxy, serve } from '../serve.ts'
import { withoutAllowed } from './allowed-peers.ts'
import { startChild } from './child.ts'
import { Misses, type Receipt, receiptOf } from './receipt.ts'
import { runConfig } from './run-config.ts'

export interface RunOptions {
  readonly command: readonly string[]
  readonly config: Config
  readonly seed?: number
  readonly reload?: () => LoadedConfig
  readonly env: Environment
  readonly portGiven: boolean
  readonly childStdout: 'inherit' | 'stderr'
  /** Everything listens; the command has not been started. Returns what to do when it is over. */
  readonly ready: (running: Running, env: ProxyEnv) => () => void
  readonly startProxy?: StartProxy
}

export interface RunResult {
  /** The command's own, or 128 + n for a signal. */
  readonly exitCode: number
  readonly receipt: Receipt
}

const colonForm = (listen: string): string => listen.replace(/^0\.0\.0\.0:|^\[::\]:/, '127.0.0.1:')

const ownListeners = (running: Running): string[] =>
  [running.listen, ...running.services().flatMap(({ listen }) => listen ?? [])].map(colonForm)

const runIn = async (running: Running, options: RunOptions): Promise<RunResult> => {
  const { command, config, env } = options
  const own = proxyEnv(
    { listen: running.listen, services: running.services(), credentials: config.proxyCredentials },
    env,
  )
  const misses = new Misses()
  running.on('call', (record) => misses.add(record))
  const done = options.ready(running, own)
  try {
    const child = await startChild({
      command,
      env: mergeEnv(env, own.variables),
      stdout: options.childStdout,
    })
    const watch = watchPeers({ pid: child.pid, own: ownListeners(running) })
    running.on('call', () => watch?.nudge())
    const exitCode = await child.exited
    const peers = await watch?.stop()
    const bypassed = peers && (await withoutAllowed(peers, config.allowHosts))
    const totals = running.totals()
    const receipt = receiptOf({ services: running.services(), totals, missed: misses.list(), bypassed })
    return { exitCode, receipt }
  } finally {
    done()
  }
}

export const runCommand = async (options: RunOptions): Promise<RunResult> => {
  const adjust = (config: Config): Config => runConfig(config, options)
  const { reload } = options
  const again = (read: () => LoadedConfig) => (): LoadedConfig => {
    const loaded = read()
    return loaded.config === undefined ? loaded : { ...loaded, config: adjust(loaded.config) }
  }
  const served = await serve(
    {
      config: adjust(options.config),
      ...(reload !== undefined && { reload: again(reload) }),
      ...(options.seed !== undefined && { seed: options.seed }),
    },
    options.startProxy,
  )
  try {
    return await runIn(served.running, options)
  } finally {
    await served.close(0)
  }
}

/** SVC_MOCK=off: the command as it is, and nothing of ours. */
export const runPlain = async (command: readonly string[], env: Environment): Promise<number> => {
  const child = await startChild({ command, env: mergeEnv(env, {}), stdout: 'inherit' })
  return child.exited
}
