/** What the commands about a tenant's keys show: its keys, and its instances where svc-mock runs. */
import type { Config } from '../../config/config.ts'
import { findRunning } from '../../control/find-running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { baselineId } from '../../core/tenant-name.ts'
import { type InstanceView, listTenants, removeInstances } from '../tenant-commands.ts'
import { checkTenant } from '../tenants.ts'
import { type Cleaned, cleanKeys } from './clean.ts'
import { byTenant, type Holding, holdings } from './holdings.ts'
import { keyServers } from './servers.ts'

export type { Cleaned } from './clean.ts'
export type { Holding } from './holdings.ts'

export interface TenantHoldings {
  readonly holdings: readonly Holding[]
  /** Of the tenant, or of all; empty where no svc-mock runs. */
  readonly instances: readonly InstanceView[]
}

export interface TenantCleaned {
  readonly cleaned: readonly Cleaned[]
  readonly instances: readonly InstanceView[]
}

export interface KeysWish {
  /** undefined: all of them. */
  readonly tenant: string | undefined
  readonly service: string | undefined
  /** Says who asks the servers. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly pid: number | undefined
}

export const tenantHoldings = async (
  config: Config,
  { tenant, service, env, pid }: KeysWish,
): Promise<TenantHoldings> => {
  const { root } = config
  const [real, embedded, tenants] = await Promise.all([
    holdings(keyServers(config, service, env), { tenant }),
    whereEmbedded(config, async () => (await findRunning(root, pid)).keys(tenant, service)),
    whereRunning(() => listTenants({ root, pid })),
  ])
  const instances = tenants
    .filter((one) => tenant === undefined || one.tenant === tenant)
    .flatMap((one) => one.instances)
    .filter((one) => service === undefined || one.service === service)
  return { holdings: [...real, ...embedded].sort(byTenant), instances }
}

/** Instances of svc-mock.yaml stay, as they do for `tenant remove`. */
export const cleanTenant = async (
  config: Config,
  { tenant, service, env, pid }: KeysWish & { readonly tenant: string },
): Promise<TenantCleaned> => {
  const { root } = config
  const real = await cleanKeys(keyServers(config, service, env), tenant)
  const embedded = await whereEmbedded(config, async () =>
    (await findRunning(root, pid)).cleanKeys(tenant, service),
  )
  const instances = await whereRunning(() => removeInstances({ root, pid }, tenant, service))
  return { cleaned: [...real, ...embedded], instances }
}

/** Whose keys can be asked for, and removed. Throws FLAG_INVALID. */
export const checkHolder = (tenant: string): void => {
  if (tenant === baselineId)
    throw new SvcMockError('FLAG_INVALID', `${baselineId} is the baseline, whose keys are everybody's`, {
      hint: 'name a tenant; who has keys is said by svc-mock tenant keys',
    })
  checkTenant(tenant)
}

/** What is embedded is gone when svc-mock ends. */
const whereEmbedded = async <T>(
  { services }: Config,
  work: () => Promise<readonly T[]>,
): Promise<readonly T[]> =>
  services.some(({ protocol, embedded }) => protocol === 'redis' && embedded) ? whereRunning(work) : []

const whereRunning = async <T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SvcMockError && error.code === 'NOT_RUNNING') return []
    throw error
  }
}
