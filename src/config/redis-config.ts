/** How a service of protocol redis is shared: whose its keys and channels are, and what may harm it. */
import { isTenantName } from '../core/lane.ts'
import type { RedisSettings } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

const redisKeys = ['tenant', 'tenantFrom', 'keys', 'channels', 'cluster', 'allow'] as const

export const readRedis = (
  settings: ServiceFile,
  protocol: string,
  path: Path,
  report: Report,
): RedisSettings | undefined => {
  if (protocol !== 'redis') {
    for (const key of redisKeys) {
      if (settings[key] === undefined) continue
      report.add([...path, key], {
        message: `${key} is for services of protocol redis, and this one speaks ${protocol}`,
        hint: 'remove it, or write protocol: redis',
        onKey: true,
      })
    }
    return undefined
  }
  const { tenant } = settings
  if (tenant !== undefined && !isTenantName(tenant)) {
    report.add([...path, 'tenant'], {
      message: `${JSON.stringify(tenant)} is no name for a tenant`,
      hint: 'use at most 63 letters, digits, - . and _, beginning with a letter or digit',
    })
  }
  return {
    tenant,
    tenantFrom: settings.tenantFrom,
    keys: settings.keys ?? [],
    channels: settings.channels ?? 'isolate',
    cluster: settings.cluster ?? false,
    allow: (settings.allow ?? []).map((name) => name.trim().toUpperCase().replace(/\s+/g, ' ')),
  }
}
