/** Mistakes that show only when all services are looked at together, and what guard.production forbids. */
import { formatLocation } from '../core/source.ts'
import type { Path } from '../yaml/tree.ts'
import type { Address, ServiceConfig } from './config.ts'
import { productionMatcher, productionPatternOf } from './guard.ts'
import { parseHostPattern, patternKey } from './host-pattern.ts'
import type { Report } from './report.ts'
import type { ConfigFile } from './schema.ts'
import { hostsOf, listOf } from './service-config.ts'

export const crossCheck = (
  file: ConfigFile,
  services: readonly ServiceConfig[],
  listen: Address,
  report: Report,
): void => {
  checkPatterns(file, report)
  checkTemplates(file, report)
  checkEqualHosts(file, report)
  checkEqualPorts(services, listen, report)
  checkGuard(file, services, report)
}

/** Each pattern by itself; a template is checked once and not for every service. */
const checkPatterns = (file: ConfigFile, report: Report): void => {
  const own = Object.keys(file.services ?? {})
    .flatMap((name) => hostsOf(name, { ...file, hosts: [] }))
    .filter(({ path }) => path.includes('hosts'))
  const others = (['allowHosts', 'hosts'] as const).flatMap((key) => {
    const value = file[key]
    return listOf(value).map((text, i) => ({
      text: text.replaceAll('{service}', 'service'),
      path: typeof value === 'string' ? [key] : [key, i],
    }))
  })
  for (const { text, path } of [...own, ...others]) {
    const parsed = parseHostPattern(text)
    if (!parsed.ok) report.add(path, parsed)
  }
  file.guard?.production?.forEach((text, i) => {
    const parsed = parseHostPattern(text)
    const path = guardPath(report, text, i)
    if (!parsed.ok) report.add(path, parsed)
    else if (parsed.pattern.basePath !== '' || parsed.pattern.port !== undefined) {
      report.add(path, {
        message: `${JSON.stringify(text)} names a port or path, and production is whole hosts`,
        hint: 'name the host alone',
      })
    }
  })
}

/** A locked list is joined from several files; the entry is found where it is written. */
const guardPath = (report: Report, text: string, i: number): Path => {
  const written = report.layers.findLast((layer) => layer.value.guard?.production?.includes(text))
  return ['guard', 'production', written?.value.guard?.production?.indexOf(text) ?? i]
}

const checkTemplates = (file: ConfigFile, report: Report): void => {
  listOf(file.hosts).forEach((template, i) => {
    if (template.includes('{service}')) return
    report.add(typeof file.hosts === 'string' ? ['hosts'] : ['hosts', i], {
      message: `the template ${JSON.stringify(template)} has no {service}, so all services would have the same host`,
      hint: "write '{service}.test.example.com', or list the host under one service",
    })
  })
}

const checkEqualHosts = (file: ConfigFile, report: Report): void => {
  const seen = new Map<string, { readonly service: string; readonly path: Path }>()
  for (const service of Object.keys(file.services ?? {})) {
    for (const { text, path } of hostsOf(service, file)) {
      const parsed = parseHostPattern(text)
      if (!parsed.ok) continue
      const key = patternKey(parsed.pattern)
      const first = seen.get(key)
      if (first === undefined) seen.set(key, { service, path })
      else if (first.service !== service) {
        const { at } = report.layerOf(first.path).locate(first.path, first.path.length === 2)
        const place = path[0] === 'services' ? path : ['services', service]
        report.add(place, {
          message: `${service} answers for ${text}, and so does ${first.service} (${formatLocation(at)})`,
          hint: 'remove one, or tell them apart by port or base path',
          onKey: place.length === 2,
        })
      }
    }
  }
}

const checkEqualPorts = (services: readonly ServiceConfig[], listen: Address, report: Report): void => {
  const seen = new Map([[`${listen.host}:${listen.port}`, 'the proxy']])
  for (const { name, listen: own } of services) {
    if (own === undefined || own.port === 0) continue
    const key = `${own.host}:${own.port}`
    const first = seen.get(key)
    if (first !== undefined) {
      report.add(['services', name, 'listen'], {
        message: `${name} listens on ${key}, and so does ${first}`,
        hint: 'give each a port of its own',
      })
    }
    seen.set(key, name)
  }
}

const checkGuard = (file: ConfigFile, services: readonly ServiceConfig[], report: Report): void => {
  const guard = file.guard?.production ?? []
  if (guard.length === 0) return
  const refuse = (path: Path, what: string, pattern: string, onKey = false): void => {
    report.add(path, {
      code: 'PRODUCTION_REFUSED',
      message: `${what} is production: guard.production names ${pattern}`,
      hint: 'svc-mock is for test environments; remove the address, or correct guard.production',
      onKey,
    })
  }
  const allowed = listOf(file.allowHosts).map((text, i) => ({
    text,
    path: typeof file.allowHosts === 'string' ? ['allowHosts'] : ['allowHosts', i],
  }))
  for (const { text, path } of [...services.flatMap(({ name }) => hostsOf(name, file)), ...allowed]) {
    const parsed = parseHostPattern(text)
    const pattern = parsed.ok ? productionPatternOf(parsed.pattern, guard) : undefined
    if (pattern !== undefined) refuse(path, text, pattern, path.length === 2 && path[0] === 'services')
  }
  const production = productionMatcher(guard)
  for (const { name, upstream, kafka } of services) {
    for (const { host } of kafka?.brokers ?? (upstream === undefined ? [] : [upstream])) {
      const pattern = production(host)
      if (pattern !== undefined) refuse(['services', name, 'upstream'], host, pattern)
    }
  }
}
