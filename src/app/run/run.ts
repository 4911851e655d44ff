/** Runs a command so that its calls pass through a proxy of its own, and says afterwards what they were. */
import type { Config } from '../../config/config.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import { type Environment, mergeEnv, type ProxyEnv, proxyEnv, straightFrom } from '../env/proxy-env.ts'
import { trustEnvOrNote } from '../env/trust-env.ts'
import { HandingOver, type HandOver, type HandOverWishes } from '../handover/hand-over.ts'
import { watchPeers } from '../peers/peer-watch.ts'
import type { Running } from '../running.ts'
import { type Served, type StartProxy, serve } from '../serve.ts'
import { withoutAllowed } from './allowed-peers.ts'
import { startChild } from './child.ts'
import { Misses, type Receipt, receiptOf } from './receipt.ts'
import { runConfig } from './run-config.ts'

export interface RunOptions {
  readonly command: readonly string[]
  readonly config: Config
  readonly reload?: () => LoadedConfig
  readonly seed?: number | undefined
  readonly cases?: readonly string[] | undefined
  readonly env: Environment
  readonly portGiven: boolean
  /** Write down what was used, as contracts. */
  readonly contract?: HandOverWishes | undefined
  readonly childStdout: 'inherit' | 'stderr'
  /** Everything listens; the command has not been started. Returns what to do when it is over. */
  readonly ready: (running: Running, env: ProxyEnv) => () => void
  readonly startProxy?: StartProxy
}

export interface RunResult {
  /** The command's own, or 128 + n for a signal. */
  readonly exitCode: number
  readonly receipt: Receipt
  /** undefined: no contract was asked for. */
  readonly contract?: HandOver | undefined
}

/** One that listens everywhere is called on loopback, in either family. */
const calledAs = (listen: string): string[] => {
  const port = /^(?:0\.0\.0\.0|\[::\])(:\d+)$/.exec(listen)?.[1]
  return port === undefined ? [listen] : [`127.0.0.1${port}`, `[::1]${port}`]
}

/** What the command may talk to without passing by: all of it is us. */
const ownListeners = ({ running, control }: Served): string[] =>
  [running.listen, control, ...running.services().flatMap(({ listen }) => listen ?? [])].flatMap(calledAs)

/** For WireMock's clients in the command, which have to know where they speak to us. */
const controlVariables = (
  { control, controlToken }: Served,
  { control: { wiremock } }: Config,
): Readonly<Record<string, string>> =>
  wiremock ? { SVC_MOCK_CONTROL_URL: `http://${control}`, SVC_MOCK_CONTROL_TOKEN: controlToken } : {}

const runIn = async (served: Served, options: RunOptions): Promise<RunResult> => {
  const { running } = served
  const { command, config, env } = options
  const services = running.services()
  const trust = services.some(({ intercepted }) => intercepted)
    ? trustEnvOrNote(config.userFolder, env)
    : undefined
  const own = proxyEnv({ listen: running.listen, services, credentials: config.proxyCredentials, trust }, env)
  const misses = new Misses()
  running.on('call', (record) => misses.add(record))
  const done = options.ready(running, own)
  try {
    const child = await startChild({
      command,
      env: mergeEnv(env, { ...own.variables, ...controlVariables(served, config) }),
      stdout: options.childStdout,
    })
    const watch = watchPeers({ pid: child.pid, own: ownListeners(served) })
    running.on('call', () => watch?.nudge())
    const exitCode = await child.exited
    const peers = await watch?.stop()
    const bypassed = peers && (await withoutAllowed(peers, config.allowHosts))
    const totals = running.totals()
    const violations = running.violations()
    const receipt = receiptOf({
      services: running.services(),
      totals,
      missed: misses.list(),
      violations,
      bypassed,
    })
    return { exitCode, receipt }
  } finally {
    done()
  }
}

export const runCommand = async (options: RunOptions): Promise<RunResult> => {
  const adjust = (config: Config): Config => runConfig(config, options)
  const { reload } = options
  // NO_PROXY belongs to the inherited proxy: one that svc-mock.yaml names is meant for everything.
  const inherits = options.config.upstreamProxy === undefined
  const again = (read: () => LoadedConfig) => (): LoadedConfig => {
    const loaded = read()
    return loaded.config === undefined ? loaded : { ...loaded, config: adjust(loaded.config) }
  }
  const contract =
    options.contract === undefined
      ? undefined
      : new HandingOver(options.config, options.contract, options.env)
  const served = await serve(
    {
      config: adjust(options.config),
      seed: options.seed,
      cases: options.cases,
      record: { env: options.env },
      ...(contract !== undefined && { witness: (library) => contract.usage.witness(library) }),
      ...(reload !== undefined && { reload: again(reload) }),
      ...(inherits && { straight: straightFrom(options.env) }),
    },
    options.startProxy,
  )
  let result: RunResult
  try {
    result = await runIn(served, options)
  } finally {
    await served.close(0)
  }
  return contract === undefined
    ? result
    : { ...result, contract: await contract.finish(result.exitCode, result.receipt) }
}

/** SVC_MOCK=off: the command as it is, and nothing of ours. */
export const runPlain = async (command: readonly string[], env: Environment): Promise<number> => {
  const child = await startChild({ command, env: mergeEnv(env, {}), stdout: 'inherit' })
  return child.exited
}
