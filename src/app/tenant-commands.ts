/** The tenant commands: instances of a running proxy, kept, shown, removed. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlClient } from '../control/client.ts'
import { findRunning } from '../control/find-running.ts'
import { SvcMockError } from '../core/errors.ts'
import { parseDuration } from '../core/units.ts'
import { checkTenant, type InstanceView, type TenantView } from './tenants.ts'

export type { InstanceView, TenantView } from './tenants.ts'

export interface TenantTarget {
  readonly root: string
  readonly pid: number | undefined
}

export const listTenants = async ({ root, pid }: TenantTarget): Promise<readonly TenantView[]> =>
  (await findRunning(root, pid)).tenants()

export const removeInstances = async (
  { root, pid }: TenantTarget,
  tenant: string,
  service: string | undefined,
): Promise<readonly InstanceView[]> => {
  checkTenant(tenant)
  return (await findRunning(root, pid)).removeInstances(tenant, service)
}

export interface KeepWish extends TenantTarget {
  readonly tenant: string
  readonly service: string
  readonly instance: string
  /** `30s` */
  readonly ttl: string
}

export interface KeepEvents {
  /** It is in the table: at first, and again after svc-mock was away. */
  kept(view: InstanceView): void
  /** svc-mock cannot be reached; it is tried again. */
  lost(error: SvcMockError): void
}

/** How often in its lifetime an instance says that it is there: two may be lost. */
const beats = 3

/**
 * Keeps an instance in the table until `stop`, then takes it out. Throws what the first attempt throws; later ones
 * are told, since svc-mock may be started again meanwhile.
 */
export const keepInstance = async (wish: KeepWish, events: KeepEvents, stop: AbortSignal): Promise<void> => {
  const { tenant, service, instance } = wish
  checkTenant(tenant)
  const ttlMs = parseDuration(wish.ttl)
  if (ttlMs === undefined)
    throw new SvcMockError('FLAG_INVALID', `--ttl ${wish.ttl} is no duration`, { hint: 'write --ttl 30s' })
  const owner = randomBytes(12).toString('base64url')
  const add = async (): Promise<InstanceView> => {
    const client = await findRunning(wish.root, wish.pid)
    return client.addInstance({ tenant, service, instance, ttlMs, owner })
  }
  events.kept(await add())
  let lost = false
  while (await pause(ttlMs / beats, stop)) {
    try {
      const view = await add()
      if (lost) events.kept(view)
      lost = false
    } catch (error) {
      const told = asSvcMockError(error)
      if (!lost) events.lost(told)
      lost = true
    }
  }
  await takeOut(wish, owner)
}

const takeOut = async ({ root, pid, tenant, service }: KeepWish, owner: string): Promise<void> => {
  let client: ControlClient
  try {
    client = await findRunning(root, pid)
    await client.removeInstances(tenant, service, owner)
  } catch {
    // Then it is gone with svc-mock, or runs out.
  }
}

/** false: it is time to stop. */
const pause = async (ms: number, stop: AbortSignal): Promise<boolean> => {
  try {
    await sleep(ms, undefined, { signal: stop })
    return true
  } catch {
    return false
  }
}

const asSvcMockError = (error: unknown): SvcMockError =>
  error instanceof SvcMockError
    ? error
    : new SvcMockError('NOT_RUNNING', `svc-mock does not answer: ${(error as Error).message}`)
