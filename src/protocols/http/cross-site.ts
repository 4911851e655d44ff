/**
 * Web pages of other sites must not reach services through our ports: browsers send `Sec-Fetch-Site` with
 * every call (Fetch Metadata, W3C), and pages cannot forge it.
 */
import { SvcMockError } from '../../core/errors.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'

/** Mocked answers: allowed unless `cors` is false or a list without the page's origin. Throws CROSS_SITE_REFUSED. */
export const refuseCrossSite = (metadata: Metadata, service: ServiceEntry): void => {
  if (service.cors === true || !isCrossSite(metadata)) return
  if (!isListed(metadata, service)) refuse(metadata, service)
}

/** Calls that leave: only for origins that `cors` lists. Throws CROSS_SITE_REFUSED. */
export const refuseCrossSiteForwarding = (metadata: Metadata, service: ServiceEntry): void => {
  if (isCrossSite(metadata) && !isListed(metadata, service)) refuse(metadata, service)
}

const isCrossSite = (metadata: Metadata): boolean => firstValue(metadata, 'sec-fetch-site') === 'cross-site'

const isListed = (metadata: Metadata, { cors }: ServiceEntry): boolean => {
  const origin = firstValue(metadata, 'origin')
  return typeof cors === 'object' && origin !== undefined && cors.includes(origin)
}

const refuse = (metadata: Metadata, service: ServiceEntry): never => {
  const origin = firstValue(metadata, 'origin')
  throw new SvcMockError(
    'CROSS_SITE_REFUSED',
    `a page of another site (${origin ?? 'origin not sent'}) calls ${service.name}`,
    {
      ...(origin !== undefined && {
        hint: `if it is meant: services: { ${service.name}: { cors: ['${origin}'] } }`,
      }),
    },
  )
}
