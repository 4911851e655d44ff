/** How a service of protocol redis is shared: whose its keys and channels are, and what may harm it. */
import type { RedisSettings } from '../core/service-entry.ts'
import { tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { Path } from '../yaml/tree.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

const redisKeys = ['tenant', 'tenantFrom', 'keys', 'channels', 'cluster', 'allow'] as const

/** Those that are another protocol's, too. */
const sharedKeys: Readonly<Record<string, readonly string[]>> = { tenant: ['kafka'] }

export const readRedis = (
  settings: ServiceFile,
  protocol: string,
  path: Path,
  report: Report,
): RedisSettings | undefined => {
  if (protocol !== 'redis') {
    for (const key of redisKeys) {
      if (settings[key] === undefined || sharedKeys[key]?.includes(protocol)) continue
      report.add([...path, key], {
        message: `${key} is for services of protocol redis, and this one speaks ${protocol}`,
        hint: 'remove it, or write protocol: redis',
        onKey: true,
      })
    }
    return undefined
  }
  const { tenant } = settings
  const problem = tenant === undefined ? undefined : tenantNameProblem(tenant)
  if (problem !== undefined)
    report.add([...path, 'tenant'], {
      message: `${JSON.stringify(tenant)} ${problem}`,
      hint: tenantNameHint,
    })
  return {
    tenant,
    tenantFrom: settings.tenantFrom,
    keys: settings.keys ?? [],
    channels: settings.channels ?? 'isolate',
    cluster: settings.cluster ?? false,
    allow: (settings.allow ?? []).map((name) => name.trim().toUpperCase().replace(/\s+/g, ' ')),
  }
}
