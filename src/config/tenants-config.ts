/** `tenants:` and `routes:` of svc-mock.yaml: who there is, what claims they make, where their instances are. */
import { X509Certificate } from 'node:crypto'
import { baselineId, tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { Path } from '../yaml/tree.ts'
import { parseAuthority, parseListen } from './authority.ts'
import {
  type ClaimCompilers,
  type ClaimFile,
  noService,
  readClaim,
  refuseOverlaps,
  unroutable,
  type Written,
} from './claims-config.ts'
import type {
  Address,
  RouteConfig,
  ServiceConfig,
  StoreConfig,
  TenantConfig,
  TenantsConfig,
} from './config.ts'
import { productionMatcher } from './guard.ts'
import type { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'
import { listOf } from './service-config.ts'
import { PemReader } from './service-tls.ts'
import type { TenantFile } from './tenants-schema.ts'

/** In it the tag is a member; in any other header it is the whole value. */
export const defaultTagHeader = 'baggage'

export const readTenants = (
  file: ConfigFile,
  services: readonly ServiceConfig[],
  compile: ClaimCompilers,
  report: Report,
): TenantsConfig => {
  const { header = defaultTagHeader, store, ...others } = file.tenants ?? {}
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
    report.add(['tenants', 'header'], {
      message: `${JSON.stringify(header)} is no name of a header`,
      hint: 'write baggage, or a header of your own: x-tenant',
    })
  }
  const claims: Written[] = []
  const reading = { compile, services, report }
  const tenants = Object.entries(others).map(([id, given]): TenantConfig => {
    const tenant = (given ?? {}) as TenantFile
    const path = ['tenants', id]
    checkTenantName(id, path, report, true)
    if (id === baselineId) {
      report.add(path, {
        message: `${baselineId} is the baseline, which claims nothing: it gets what is nobody's`,
        hint: 'name a tenant',
        onKey: true,
      })
    }
    const own = (tenant.claims ?? []).flatMap((spec, i) =>
      readClaim(id, spec as ClaimFile, [...path, 'claims', i], reading),
    )
    claims.push(...own)
    return {
      id,
      claims: own.flatMap(({ claim }) => claim ?? []),
      messageClaims: own.flatMap(({ message }) => message ?? []),
      listen: readPort(tenant, path, report),
      certificates: readCertificates(tenant, path, report),
    }
  })
  refuseOverlaps(claims, report)
  refuseSharedCertificates(tenants, report)
  return { header: header.toLowerCase(), store: readStore(store, report), tenants }
}

const redisPort = 6379

/** Messages hold neither user nor password. */
const readStore = (text: string | undefined, report: Report): StoreConfig | undefined => {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  const database = /^\/?(\d*)$/.exec(url?.pathname ?? '')?.[1]
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '' || database === undefined) {
    report.add(['tenants', 'store'], {
      message: 'tenants.store is the address of a Redis',
      hint: 'write redis://host:6379, or rediss:// with TLS; redis://user:password@host:6379/1 belongs into svc-mock.local.yaml',
    })
    return undefined
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? redisPort : Number(url.port)
  return {
    authority: { scheme: url.protocol === 'rediss:' ? 'https' : 'tcp', host, port, basePath: '' },
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: Number(database),
    shown: `${url.protocol}//${url.hostname}:${port}`,
  }
}

/** `onKey`: the name is a key. */
export const checkTenantName = (name: string, path: Path, report: Report, onKey = false): boolean => {
  const problem = tenantNameProblem(name)
  if (problem === undefined) return true
  report.add(path, { message: `${JSON.stringify(name)} ${problem}`, hint: tenantNameHint, onKey })
  return false
}

const readPort = ({ listen }: TenantFile, path: Path, report: Report): Address | undefined => {
  if (listen === undefined) return undefined
  const parsed = parseListen(String(listen))
  if (parsed.ok) return parsed.value
  report.add([...path, 'listen'], parsed)
  return undefined
}

const readCertificates = ({ certificate }: TenantFile, path: Path, report: Report): readonly string[] => {
  const reader = new PemReader(path, report)
  return listOf(certificate).flatMap((file, i) =>
    reader
      .certificates(file, typeof certificate === 'string' ? ['certificate'] : ['certificate', i])
      .map((pem) => new X509Certificate(pem).fingerprint256),
  )
}

const refuseSharedCertificates = (tenants: readonly TenantConfig[], report: Report): void => {
  const owners = new Map<string, string>()
  for (const { id, certificates } of tenants) {
    for (const one of certificates) {
      const other = owners.get(one) ?? id
      if (other !== id)
        report.add(['tenants', id, 'certificate'], {
          message: `${id} and ${other} have the same certificate`,
          hint: 'give each tenant a certificate of its own',
        })
      owners.set(one, other)
    }
  }
}

export const readRoutes = (
  file: ConfigFile,
  services: readonly ServiceConfig[],
  report: Report,
): readonly RouteConfig[] =>
  Object.entries(file.routes ?? {}).flatMap(([name, byTenant]) => {
    const service = services.find((one) => one.name === name)
    const path = ['routes', name]
    const problem = service === undefined ? noService(name, services) : unroutable(service)
    if (problem !== undefined) report.add(path, { ...problem, onKey: true })
    return Object.entries(byTenant ?? {}).flatMap(([tenant, address]) => {
      const at = [...path, tenant]
      if (tenant === baselineId) {
        report.add(at, {
          message: "the baseline's instance is the service's upstream",
          hint: `write services: { ${name}: { upstream: ${address} } }`,
          onKey: true,
        })
        return []
      }
      const named = checkTenantName(tenant, at, report, true)
      const parsed = parseAuthority(address)
      if (parsed.ok && parsed.value.scheme !== 'tcp')
        return named ? [{ tenant, service: name, instance: parsed.value }] : []
      report.add(at, parsed.ok ? { message: 'an instance is http:// or https://' } : parsed)
      return []
    })
  })

/** What guard.production names is neither an instance nor a store. */
export const checkTenantGuard = (
  file: ConfigFile,
  { store }: TenantsConfig,
  routes: readonly RouteConfig[],
  report: Report,
): void => {
  const production = productionMatcher(file.guard?.production ?? [])
  const refuse = (path: Path, host: string): void => {
    const pattern = production(host)
    if (pattern === undefined) return
    report.add(path, {
      code: 'PRODUCTION_REFUSED',
      message: `${host} is production: guard.production names ${pattern}`,
      hint: 'svc-mock is for test environments; remove the address, or correct guard.production',
    })
  }
  if (store !== undefined) refuse(['tenants', 'store'], store.authority.host)
  for (const { tenant, service, instance } of routes) refuse(['routes', service, tenant], instance.host)
}
