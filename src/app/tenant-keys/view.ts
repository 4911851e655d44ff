/** What the commands about a tenant's keys show: its keys, and its instances where svc-mock runs. */
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import { baselineId } from '../../core/tenant-name.ts'
import { type InstanceView, listTenants, removeInstances } from '../tenant-commands.ts'
import { checkTenant } from '../tenants.ts'
import { type Cleaned, type CleanWish, cleanKeys } from './clean.ts'
import { type Holding, type HoldingsWish, holdings } from './holdings.ts'

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

export const tenantHoldings = async (
  config: Config,
  wish: HoldingsWish & { readonly pid: number | undefined },
): Promise<TenantHoldings> => {
  const { tenant, service, pid } = wish
  const [found, tenants] = await Promise.all([
    holdings(config, wish),
    whereRunning(() => listTenants({ root: config.root, pid })),
  ])
  const instances = tenants
    .filter((one) => tenant === undefined || one.tenant === tenant)
    .flatMap((one) => one.instances)
    .filter((one) => service === undefined || one.service === service)
  return { holdings: found, instances }
}

/** Instances of svc-mock.yaml stay, as they do for `tenant remove`. */
export const cleanTenant = async (
  config: Config,
  wish: CleanWish & { readonly pid: number | undefined },
): Promise<TenantCleaned> => {
  const { tenant, service, pid } = wish
  const cleaned = await cleanKeys(config, wish)
  const target = { root: config.root, pid }
  return { cleaned, instances: await whereRunning(() => removeInstances(target, tenant, service)) }
}

/** Whose keys can be asked for, and removed. Throws FLAG_INVALID. */
export const checkHolder = (tenant: string): void => {
  if (tenant === baselineId)
    throw new SvcMockError('FLAG_INVALID', `${baselineId} is the baseline, whose keys are everybody's`, {
      hint: 'name a tenant; who has keys is said by svc-mock tenant keys',
    })
  checkTenant(tenant)
}

const whereRunning = async <T>(work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SvcMockError && error.code === 'NOT_RUNNING') return []
    throw error
  }
}
