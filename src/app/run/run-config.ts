/** The workspace as `run` needs it: a free port, an own port for each HTTP service, the inherited proxy behind us. */
import type { Config } from '../../config/config.ts'
import { type Environment, inheritedProxy } from '../env/proxy-env.ts'

export interface RunWishes {
  /** `--port` or `--listen` was given: that port is meant. */
  readonly portGiven: boolean
  readonly env: Environment
}

const anyPort = { host: '127.0.0.1', port: 0 }

export const runConfig = (config: Config, { portGiven, env }: RunWishes): Config => ({
  ...config,
  listen: portGiven ? config.listen : { ...config.listen, port: 0 },
  upstreamProxy: config.upstreamProxy ?? inheritedProxy(env),
  services: config.services.map((service) =>
    service.protocol === 'http' && service.listen === undefined ? { ...service, listen: anyPort } : service,
  ),
})
