/** Which addresses of a proxy other machines can reach. */
import { isLoopback } from '../config/addresses.ts'
import type { Config } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Running } from './running.ts'

const hostOf = (listen: string): string => listen.slice(0, listen.lastIndexOf(':')).replace(/^\[|\]$/g, '')

export const remoteAddresses = (running: Running): string[] =>
  [
    running.listen,
    ...[...running.services(), ...running.tenants.list()].flatMap(({ listen }) => listen ?? []),
  ].filter((listen) => !isLoopback(hostOf(listen)))

/** Throws REMOTE_REFUSED. */
export const refuseRemote = ({ listen, services, tenants, allowRemote }: Config): void => {
  const own = [...services, ...tenants.tenants].flatMap((one) => one.listen ?? [])
  const open = [listen, ...own].find(({ host }) => host !== 'localhost' && !isLoopback(host))
  if (open === undefined || allowRemote) return
  throw new SvcMockError('REMOTE_REFUSED', `${open.host}:${open.port} can be reached from other machines`)
}
