/** Request targets and authorities as they stand on the wire, taken apart without normalising anything (RFC 9112 section 3.2). */

export interface HostPort {
  /** Without brackets, as written. */
  readonly host: string
  readonly port: number
}

export interface RequestTarget {
  /** Present in absolute form. */
  readonly authority: HostPort | undefined
  readonly scheme: 'http' | 'https'
  /** Raw path, always beginning with `/` (or `*`). */
  readonly path: string
  /** Raw query with its `?`, or ''. */
  readonly search: string
}

const defaultPorts = { http: 80, https: 443 } as const

/** `orders:8080`, `[::1]:80`, `orders`; undefined when it is none. User information is not taken. */
export const parseHostPort = (text: string, defaultPort: number): HostPort | undefined => {
  const bracket = text.charCodeAt(0) === 91 ? text.indexOf(']') : -1
  const colon = text.indexOf(':', bracket + 1)
  if (colon < 0) return checked(text, defaultPort)
  const digits = text.slice(colon + 1)
  if (digits === '') return checked(text.slice(0, colon), defaultPort)
  const port = Number(digits)
  if (!/^\d{1,5}$/.test(digits) || port < 1 || port > 65_535) return undefined
  return checked(text.slice(0, colon), port)
}

const checked = (host: string, port: number): HostPort | undefined => {
  if (host.startsWith('[')) return host.endsWith(']') ? { host: host.slice(1, -1), port } : undefined
  return host === '' || /[\s/?#@\\:[\]]/.test(host) ? undefined : { host, port }
}

/** undefined when the target is none of origin form, absolute form (http, https) and `*`. */
export const parseTarget = (target: string): RequestTarget | undefined => {
  if (target.charCodeAt(0) === 47) return split(target, undefined, 'http')
  if (target === '*') return { authority: undefined, scheme: 'http', path: '*', search: '' }
  const match = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(target)
  if (match === null) return undefined
  const scheme = match[1]!.toLowerCase() as 'http' | 'https'
  const authority = parseHostPort(match[2]!.slice(match[2]!.lastIndexOf('@') + 1), defaultPorts[scheme])
  if (authority === undefined) return undefined
  const rest = match[3]!
  return split(rest.startsWith('/') ? rest : `/${rest}`, authority, scheme)
}

const split = (text: string, authority: HostPort | undefined, scheme: 'http' | 'https'): RequestTarget => {
  const query = text.indexOf('?')
  if (query < 0) return { authority, scheme, path: text, search: '' }
  return { authority, scheme, path: text.slice(0, query), search: text.slice(query) }
}

/** `orders:8080`, without the port where it is the scheme's own: the form of a Host header. */
export const formatHost = (scheme: string, { host, port }: HostPort): string => {
  const name = host.includes(':') ? `[${host}]` : host
  return port === defaultPorts[scheme as 'http' | 'https'] ? name : `${name}:${port}`
}
