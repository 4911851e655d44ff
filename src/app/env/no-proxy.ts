/**
 * Which hosts a program reaches without the proxy: the user's own NO_PROXY minus everything that would hide a
 * configured host, plus loopback unless a service lives there.
 */
import { isIP } from 'node:net'
import { inCidr, parseCidr, parseIp } from '../../config/ip.ts'

export interface NoProxy {
  readonly entries: readonly string[]
  /** The user's entries that were left out, because they cover a host of a service. */
  readonly dropped: readonly string[]
  /** True when loopback goes through the proxy. */
  readonly loopbackProxied: boolean
}

const loopbackEntries = ['localhost', '127.0.0.1', '::1']

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase()

/** `orders:8080`, `[::1]:80`, `10.0.0.0/8`, `api.test/orders` -> the host part and the port. */
const split = (text: string): { host: string; port: string | undefined } => {
  const cidr = parseCidr(text) !== undefined
  const authority = cidr ? text : text.split('/', 1)[0]!
  if (isIP(authority) !== 0 || cidr) return { host: authority.toLowerCase(), port: undefined }
  const match = /^(.*?)(?::(\d+))?$/.exec(authority)
  return { host: bare(match?.[1] ?? authority), port: match?.[2] }
}

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host)

/** Clients differ on leading dots and stars; the widest reading is taken, because a hidden host is the worse mistake. */
const covers = (entry: string, host: string): boolean => {
  if (entry === '*') return true
  const cidr = parseCidr(entry)
  if (cidr !== undefined) {
    const ip = parseIp(host)
    if (ip !== undefined) return inCidr(ip, cidr)
    const own = parseCidr(host)
    return own !== undefined && (host === entry || inCidr(parseIp(host.split('/', 1)[0]!)!, cidr))
  }
  const name = entry.replace(/^\*?\./, '')
  const hostName = host.replace(/^\*\./, '')
  return (
    hostName === name ||
    hostName.endsWith(`.${name}`) ||
    (host.startsWith('*.') && name.endsWith(`.${hostName}`))
  )
}

const hides = (entry: string, host: string): boolean => {
  const one = split(entry)
  const other = split(host)
  const portsDiffer = one.port !== undefined && other.port !== undefined && one.port !== other.port
  return !portsDiffer && covers(one.host, other.host)
}

const entriesOf = (users: string | undefined): string[] => (users ?? '').split(/[\s,]+/).filter(Boolean)

export const noProxyFor = (users: string | undefined, hosts: readonly string[]): NoProxy => {
  const loopbackProxied = hosts.some((host) => isLoopbackHost(split(host).host))
  const given = entriesOf(users)
  const dropped = given.filter(
    (entry) =>
      hosts.some((host) => hides(entry, host)) || (loopbackProxied && isLoopbackHost(split(entry).host)),
  )
  const kept = given.filter((entry) => !dropped.includes(entry))
  const entries = [...new Set([...kept, ...(loopbackProxied ? [] : loopbackEntries)])]
  return { entries, dropped, loopbackProxied }
}

/** Whether a NO_PROXY value sends calls to this host straight. */
export const isStraight = (users: string | undefined, host: string, port: number): boolean => {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return entriesOf(users).some((entry) => hides(entry, authority))
}

/** IPv4 ranges that end at a dot, as Java's wildcards have them: `10.0.0.0/8` is `10.*`. */
const javaRange = (entry: string): string | undefined => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.\d+\/(8|16|24)$/.exec(entry)
  return match ? `${match.slice(1, 1 + Number(match[4]) / 8).join('.')}.*` : undefined
}

const javaForms = (entry: string): string[] => {
  if (entry === '*') return ['*']
  if (entry.includes('/')) return [javaRange(entry) ?? []].flat()
  if (isIP(entry) === 6) return [`[${entry}]`]
  if (isIP(entry) === 4) return [entry]
  if (split(entry).port !== undefined) return [] // Java knows no ports here: it would hide the host's other ports
  if (entry === 'localhost') return ['localhost', '127.*']
  const name = entry.replace(/^\*?\./, '')
  return entry === name ? [name, `*.${name}`] : [`*.${name}`]
}

/**
 * `http.nonProxyHosts`. Java adds loopback to any value but the empty one (sun.net.spi.DefaultProxySelector),
 * so with a service on loopback the value has to be empty.
 */
export const javaNonProxyHosts = ({ entries, loopbackProxied }: NoProxy): string =>
  loopbackProxied ? '' : [...new Set(entries.flatMap(javaForms))].join('|')
