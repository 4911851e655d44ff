/** Opens a workspace inside another program: everything that `start` starts, and nobody listens. */
import { resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { tenantNameHint, tenantNameProblem } from '../../core/tenant-name.ts'
import { Engine } from '../../engine/engine.ts'
import { decodedAs } from '../../protocols/http/body.ts'
import { nearest } from '../nearest.ts'
import { refuseProduction } from '../production.ts'
import { startProxy } from '../start.ts'
import { type Config, openWorkspace } from '../workspace.ts'
import { outside } from './interception.ts'
import { InProcessMocks } from './mocks.ts'
import type { OpenOptions, SeenCall } from './public.ts'
import { SeenCalls } from './seen-calls.ts'

/** `print`: where a call that nothing may answer is told. */
export const openMocks = async (
  folder: string,
  options: OpenOptions,
  print: (call: SeenCall) => void,
): Promise<InProcessMocks> => {
  const { env = process.env, onUnhandled = 'print' } = options
  checkTenant(options.tenant)
  refuseProduction(env, false)
  const workspace = openWorkspace({
    cwd: resolve(folder),
    configPath: options.config,
    env,
    flags: {
      ...(options.tenant !== undefined && { tenant: options.tenant }),
      ...(options.onMiss !== undefined && { onMiss: options.onMiss }),
      ...(options.strict !== undefined && { strict: options.strict }),
    },
  })
  const config = onlyServices(workspace.config, options.services)
  const seen = new SeenCalls()
  const unhandled = onUnhandled === 'print' ? print : onUnhandled === 'ignore' ? () => undefined : onUnhandled
  const running = await startProxy({
    config,
    listening: false,
    outside,
    watch: options.watch === true,
    seed: options.seed,
    cases: options.cases,
    record: { env },
    reload: () => {
      const loaded = workspace.reload()
      if (loaded.config === undefined) return loaded
      return { ...loaded, config: onlyServices(loaded.config, options.services) }
    },
    // Whoever asks for calls wants their bodies: with a witness, each that is mocked is read whole before it is answered.
    witness: () => () => undefined,
    over: (call, record) => {
      const one = seen.add(call, record)
      if (one.outcome === 'miss') unhandled(one)
    },
  })
  return new InProcessMocks({
    folder: config.root,
    running,
    seen,
    engine: new Engine(running.exchanges, decodedAs),
  })
}

/** Throws OPTION_INVALID. */
const checkTenant = (tenant: string | undefined): void => {
  const problem = tenant === undefined ? undefined : tenantNameProblem(tenant)
  if (problem !== undefined)
    throw new SvcMockError('OPTION_INVALID', `tenant: "${tenant}" ${problem}`, { hint: tenantNameHint })
}

/** Throws OPTION_INVALID. */
const onlyServices = (config: Config, wanted: readonly string[] | undefined): Config => {
  if (wanted === undefined) return config
  const names = config.services.map(({ name }) => name)
  for (const name of wanted) {
    if (names.includes(name)) continue
    const meant = nearest(name, names)
    throw new SvcMockError('OPTION_INVALID', `services: there is no service ${name} in svc-mock.yaml`, {
      hint: meant === undefined ? `services: ${names.join(', ') || 'none'}` : `did you mean ${meant}?`,
    })
  }
  return { ...config, services: config.services.filter(({ name }) => wanted.includes(name)) }
}
