/** A glance at what tenants have left behind, for a command that is about something else: short, and never in the way. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { holdings } from './holdings.ts'
import { keyServers } from './servers.ts'

/** Keys that no expiry will remove; at least so many, since only some pages are looked at. */
export interface LeftOver {
  readonly tenant: string
  readonly services: readonly string[]
  readonly keys: number
}

const patienceMs = 1_000
/** Of 1000 keys of the server each. */
const pagesAtMost = 20

/** Empty where a server does not answer in time, or refuses. */
export const leftOver = async (
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly LeftOver[]> => {
  if (!config.services.some(({ protocol, upstream }) => protocol === 'redis' && upstream !== undefined))
    return []
  const found = holdings(keyServers(config, undefined, env), { tenant: undefined, pagesAtMost }).catch(
    () => [],
  )
  const held = await Promise.race([found, sleep(patienceMs, [], { ref: false })])
  const byTenant = Map.groupBy(
    held.filter(({ lasting }) => lasting > 0),
    ({ tenant, server }) => `${tenant} ${server}`,
  )
  return [...byTenant.values()].map((own) => ({
    tenant: own[0]!.tenant,
    services: own[0]!.services,
    keys: own.reduce((sum, { lasting }) => sum + lasting, 0),
  }))
}
