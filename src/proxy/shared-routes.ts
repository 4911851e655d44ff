/** The table of routes in a Redis, for several svc-mocks: what is added here goes there, what is there comes here. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatAuthority, parseAuthority } from '../config/authority.ts'
import type { StoreConfig } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Lease, Route, Routes } from '../tenant/routes.ts'
import { RedisError } from '../tenant/store/resp.ts'
import { nameOf, RouteStore } from '../tenant/store/route-store.ts'
import { createDial } from './dial.ts'

export class SharedRoutes {
  private readonly store: RouteStore
  private readonly config: StoreConfig
  private readonly userFolder: string
  private readonly routes: Routes
  /** Names that came from the store. */
  private readonly seen = new Set<string>()

  constructor(config: StoreConfig, userFolder: string, routes: Routes, notice: (text: string) => void) {
    this.config = config
    this.userFolder = userFolder
    this.routes = routes
    // What svc-mock.yaml names is meant, wherever it is; it is no upstream.
    const dial = createDial({
      hopMark: '',
      checkHost: () => undefined,
      checkAddress: () => undefined,
      proxyFor: () => undefined,
    })
    this.store = new RouteStore(() => dial(config.authority, { alpn: [] }), config, {
      put: ({ tenant, service, instance, owner }, leftMs) => {
        const parsed = parseAuthority(instance)
        if (!parsed.ok) return
        this.seen.add(nameOf(tenant, service))
        routes.add({ tenant, service, instance: parsed.value }, { owner, until: performance.now() + leftMs })
      },
      gone: (tenant, service) => this.gone(tenant, service),
      synced: (names) => {
        for (const name of this.seen) {
          const [tenant = '', service = ''] = name.split(' ')
          if (!names.has(name)) this.gone(tenant, service)
        }
      },
      state: (reachable, reason) =>
        notice(
          reachable
            ? `tenants.store ${config.shown} answers again`
            : `tenants.store ${config.shown} cannot be reached (${reason?.message}); what is known of its routes runs out`,
        ),
    })
  }

  /** Throws TENANT_TOKEN_WRONG, INSTANCE_TAKEN, TENANT_STORE_FAILED. */
  async add({ tenant, service, instance }: Route, { owner }: Lease, ttlMs: number): Promise<void> {
    const stored = { tenant, service, instance: formatAuthority(instance), owner }
    const result = await this.asked(() => this.store.put(stored, ttlMs, this.digest(tenant)))
    if (result === 'put') return
    if (result === 'wrong token') throw this.notYours(tenant)
    throw new SvcMockError(
      'INSTANCE_TAKEN',
      `${tenant} has an instance of ${service} already in ${this.config.shown}`,
      {
        hint: `end the svc-mock tenant add that keeps it, or: svc-mock tenant remove ${service} --tenant ${tenant}`,
      },
    )
  }

  /** Throws TENANT_TOKEN_WRONG, TENANT_STORE_FAILED. */
  async remove(tenant: string, service: string, owner: string | undefined): Promise<void> {
    const result = await this.asked(() =>
      this.store.remove(tenant, service, owner ?? '', this.digest(tenant)),
    )
    if (result === 'wrong token') throw this.notYours(tenant)
  }

  close(): void {
    this.store.close()
  }

  private gone(tenant: string, service: string): void {
    if (this.seen.delete(nameOf(tenant, service))) this.routes.remove(tenant, service)
  }

  private async asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof SvcMockError) throw cause
      const said = cause instanceof RedisError ? 'refused' : 'could not be reached'
      const what = `tenants.store ${this.config.shown} ${said}: ${(cause as Error).message}`
      throw new SvcMockError('TENANT_STORE_FAILED', what, { cause })
    }
  }

  private notYours(tenant: string): SvcMockError {
    return new SvcMockError(
      'TENANT_TOKEN_WRONG',
      `${tenant} belongs to somebody else in ${this.config.shown}`,
    )
  }

  /** The token itself stays with the user. */
  private digest(tenant: string): string {
    const token = process.env['SVC_MOCK_TENANT_TOKEN'] ?? userToken(this.userFolder)
    return createHash('sha256').update(`${tenant}\n${token}`).digest('base64url')
  }
}

/** Made at first use; it outlives restarts, or a user would be locked out of the own tenant. */
const userToken = (folder: string): string => {
  const file = join(folder, 'tenant-token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const token = randomBytes(24).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
  return token
}
