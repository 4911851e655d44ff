/**
 * The forms that `hosts`, `allowHosts` and `guard.production` take: a name, `*.wildcard`, IP address or CIDR range,
 * then optionally `:port`, then optionally a base path. IPv6 with a port stands in brackets.
 */
import { type Cidr, formatIp, parseCidr, parseIp } from './ip.ts'

export interface HostPattern {
  readonly text: string
  readonly host:
    | { readonly kind: 'exact'; readonly name: string }
    /** `suffix` begins with a dot; '' for `*`. */
    | { readonly kind: 'wildcard'; readonly suffix: string }
    | { readonly kind: 'cidr'; readonly cidr: Cidr }
  readonly port: number | undefined
  /** With leading and without trailing slash; '' for none. */
  readonly basePath: string
}

export interface PatternMistake {
  readonly message: string
  readonly hint: string
}

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: HostPattern }
  | ({ readonly ok: false } & PatternMistake)

const wrong = (message: string, hint: string): ParsedPattern => ({ ok: false, message, hint })

export const parseHostPattern = (text: string): ParsedPattern => {
  if (text.includes('://')) {
    return wrong(
      `${quote(text)} is a URL, and a host is expected`,
      `write ${quote(text.replace(/^.*:\/\//, ''))}`,
    )
  }
  const cidr = parseCidr(text)
  if (cidr !== undefined) {
    return { ok: true, pattern: { text, host: { kind: 'cidr', cidr }, port: undefined, basePath: '' } }
  }
  if (/^[0-9.]+\/\d+$/.test(text) || /^[0-9a-fA-F:]+\/\d+$/.test(text)) {
    return wrong(
      `${quote(text)} is no CIDR range`,
      'IPv4: 10.0.0.0/8, prefix 0 to 32; IPv6: fd00::/8, prefix 0 to 128',
    )
  }
  const slash = text.indexOf('/')
  const authority = slash === -1 ? text : text.slice(0, slash)
  const split = splitPort(authority)
  if (split === undefined)
    return wrong(`${quote(text)} has no port from 1 to 65535 after its colon`, 'write host or host:port')
  const host = parseHost(split.host)
  if (host === undefined) return wrong(`${quote(text)} is no host`, hostHint(split.host))
  const basePath = slash === -1 ? '' : text.slice(slash).replace(/\/+$/, '')
  if (/[?#*\s]/.test(basePath)) {
    return wrong(
      `the base path of ${quote(text)} holds ${quote(/[?#*\s]/.exec(basePath)![0])}`,
      'a base path is plain: api.example.com/orders',
    )
  }
  return { ok: true, pattern: { text, host, port: split.port, basePath } }
}

/** Equal keys mean that two patterns catch the same calls. */
export const patternKey = ({ host, port, basePath }: HostPattern): string => {
  const name =
    host.kind === 'exact'
      ? host.name
      : host.kind === 'wildcard'
        ? `*${host.suffix}`
        : `${host.cidr.bits}:${host.cidr.base}/${host.cidr.prefix}`
  return `${name} ${port ?? '*'} ${basePath}`
}

/** Lower case, no trailing dot, no brackets, one spelling for an IP address. */
export const normalHost = (host: string): string => {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const ip = /^[0-9a-fA-F:.%\w]*$/.test(bare) && /[:.]/.test(bare) ? parseIp(bare) : undefined
  if (ip !== undefined) return formatIp(ip)
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase()
}

/** `host`, `host:port`, `[v6]:port`, bare v6. undefined for a port that is none. */
export const splitPort = (authority: string): { host: string; port: number | undefined } | undefined => {
  if (parseIp(authority) !== undefined) return { host: authority, port: undefined }
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/.exec(authority)
  if (match === null) return undefined
  const port = match[2] === undefined ? undefined : Number(match[2])
  if (port !== undefined && (!/^\d{1,5}$/.test(match[2]!) || port < 1 || port > 65535)) return undefined
  return { host: match[1]!, port }
}

const label = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i

const parseHost = (text: string): HostPattern['host'] | undefined => {
  if (text === '*') return { kind: 'wildcard', suffix: '' }
  if (text.startsWith('*.')) {
    return isName(text.slice(2)) ? { kind: 'wildcard', suffix: `.${normalHost(text.slice(2))}` } : undefined
  }
  if (text.startsWith('[')) {
    return parseIp(text.slice(1, -1)) === undefined ? undefined : { kind: 'exact', name: normalHost(text) }
  }
  return parseIp(text) !== undefined || isName(text) ? { kind: 'exact', name: normalHost(text) } : undefined
}

const isName = (text: string): boolean => {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text
  return (
    bare.length > 0 &&
    bare.length <= 253 &&
    bare.split('.').every((part) => part.length <= 63 && label.test(part))
  )
}

const hostHint = (host: string): string => {
  if (host.includes('*')) return 'a * stands only at the beginning, for whole labels: *.example.com'
  if (host.includes('{'))
    return 'only {service} is replaced, and only in the top-level hosts of svc-mock.yaml'
  if (/[^\u0000-\u007f]/.test(host)) return 'write international names in their ASCII form: xn--…'
  return 'use a name, *.wildcard, host:port, IP address or CIDR range, with an optional base path'
}

const quote = (text: string): string => JSON.stringify(text)
