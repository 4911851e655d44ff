/** How a service of protocol redis is shared: whose its keys and channels are, and what may harm it. */
import type { RedisSettings } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import { readLaneTenant, refuseKeysOf } from './one-protocol.ts'
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
    const foreign = redisKeys.filter((key) => sharedKeys[key]?.includes(protocol) !== true)
    refuseKeysOf('redis', foreign, settings, protocol, path, report)
    return undefined
  }
  return {
    tenant: readLaneTenant(settings, path, report),
    tenantFrom: settings.tenantFrom,
    keys: settings.keys ?? [],
    channels: settings.channels ?? 'isolate',
    cluster: settings.cluster ?? false,
    allow: (settings.allow ?? []).map((name) => name.trim().toUpperCase().replace(/\s+/g, ' ')),
  }
}
