/** guard.production: hosts and addresses that svc-mock never serves or calls. Asked at start and again at call time. */
import { type HostPattern, normalHost, parseHostPattern } from './host-pattern.ts'
import { type Cidr, inCidr, parseIp } from './ip.ts'

/** The pattern, as written, that names the host or the address it was resolved to. */
export type ProductionMatcher = (host: string, ip?: string) => string | undefined

/** Patterns must be valid (parseHostPattern). A port in one is ignored: production is the whole host. */
export const productionMatcher = (patterns: readonly string[]): ProductionMatcher => {
  const names = new Map<string, string>()
  const suffixes: { readonly suffix: string; readonly text: string }[] = []
  const ranges: { readonly cidr: Cidr; readonly text: string }[] = []
  for (const text of patterns) {
    const parsed = parseHostPattern(text)
    if (!parsed.ok) continue
    const { host } = parsed.pattern
    if (host.kind === 'exact') names.set(host.name, text)
    else if (host.kind === 'wildcard') suffixes.push({ suffix: host.suffix, text })
    else ranges.push({ cidr: host.cidr, text })
  }
  const one = (host: string): string | undefined => {
    const name = normalHost(host)
    const ip = parseIp(name)
    return (
      names.get(name) ??
      suffixes.find(({ suffix }) => name.endsWith(suffix))?.text ??
      (ip === undefined ? undefined : ranges.find(({ cidr }) => inCidr(ip, cidr))?.text)
    )
  }
  if (names.size + suffixes.length + ranges.length === 0) return () => undefined
  return (host, ip) => one(host) ?? (ip === undefined || ip === host ? undefined : one(ip))
}

/** Whether everything a host pattern stands for lies in production; a wider one is refused call by call. */
export const productionPatternOf = (pattern: HostPattern, guard: readonly string[]): string | undefined => {
  const { host } = pattern
  if (host.kind === 'exact') return productionMatcher(guard)(host.name)
  for (const text of guard) {
    const parsed = parseHostPattern(text)
    if (!parsed.ok) continue
    const production = parsed.pattern.host
    if (host.kind === 'wildcard' && production.kind === 'wildcard' && host.suffix.endsWith(production.suffix))
      return text
    if (host.kind === 'cidr' && production.kind === 'cidr' && isWithin(host.cidr, production.cidr))
      return text
  }
  return undefined
}

const isWithin = (inner: Cidr, outer: Cidr): boolean =>
  inner.prefix >= outer.prefix && inCidr({ bits: inner.bits, value: inner.base }, outer)
