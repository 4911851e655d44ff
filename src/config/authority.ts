/** Addresses as people write them: upstream URLs, listening addresses, sizes. Each gives a value or a mistake in words. */
import type { Authority } from '../core/service-entry.ts'
import type { Address } from './config.ts'
import { splitPort } from './host-pattern.ts'

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly hint: string }

const wrong = <T>(message: string, hint: string): Parsed<T> => ({ ok: false, message, hint })

const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  rediss: 6379,
  kafka: 9092,
  kafkas: 9093,
}

const isScheme = (text: string): text is Authority['scheme'] =>
  ['http', 'https', 'tcp', 'redis', 'rediss', 'kafka', 'kafkas'].includes(text)

/** `http://host`, `https://host:8443/base`, `tcp://host:port`, `redis://host`. */
export const parseAuthority = (text: string): Parsed<Authority> => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return wrong(`${quote(text)} has no scheme`, `write ${quote(`http://${text}`)}`)
  if (!isScheme(scheme)) {
    return wrong(
      `the scheme ${scheme} of ${quote(text)} is not known`,
      'use http, https, tcp, redis, rediss, kafka or kafkas',
    )
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '')
    return wrong(`${quote(text)} is no address`, `write ${scheme}://host:port`)
  if (url.username !== '' || url.password !== '') {
    return wrong(
      'an upstream address may not hold a user or password',
      'remove them; send an authorization header from the client',
    )
  }
  if (url.search !== '' || url.hash !== '')
    return wrong(`${quote(text)} has a query or fragment`, 'an upstream is scheme, host, port and base path')
  const port = url.port === '' ? defaultPorts[scheme] : Number(url.port)
  if (port === undefined || port === 0)
    return wrong(`${quote(text)} has no port`, `write ${quote(`${scheme}://${url.hostname}:port`)}`)
  const basePath = url.pathname.replace(/\/+$/, '')
  if (scheme.startsWith('redis') && basePath !== '')
    return wrong(`${quote(text)} has a path`, 'a database is chosen by the client; remove it')
  if (scheme.startsWith('kafka') && basePath !== '')
    return wrong(`${quote(text)} has a path`, 'brokers have none; remove it')
  if (scheme === 'tcp' && basePath !== '')
    return wrong(`${quote(text)} has a path`, 'tcp knows no paths; remove it')
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return { ok: true, value: { scheme, host, port, basePath } }
}

export const formatAuthority = ({ scheme, host, port, basePath }: Authority): string => {
  const name = host.includes(':') ? `[${host}]` : host
  return `${scheme}://${name}${port === defaultPorts[scheme] ? '' : `:${port}`}${basePath}`
}

/** `127.0.0.1:8700`, `[::1]:8700`, `localhost:0`; a port alone means 127.0.0.1. */
export const parseListen = (text: string): Parsed<Address> => {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535)
    return { ok: true, value: { host: '127.0.0.1', port: Number(text) } }
  const free = text.endsWith(':0')
  const split = splitPort(free ? `${text.slice(0, -2)}:1` : text)
  const hint = 'write host:port, as 127.0.0.1:8700; port 0 takes a free one'
  if (split === undefined) return wrong(`${quote(text)} is no listening address`, hint)
  if (split.port === undefined) return wrong(`${quote(text)} has no port`, hint)
  const host = split.host.replace(/^\[|\]$/g, '')
  if (host === '')
    return wrong(
      `${quote(text)} has no host`,
      `write 127.0.0.1${text}; 0.0.0.0 listens for other machines too`,
    )
  if (/[\s/*@]/.test(host)) return wrong(`${quote(text)} is no listening address`, hint)
  return { ok: true, value: { host, port: free ? 0 : split.port } }
}

const units: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** `10MB`, `512 KB`, `1GiB`, plain bytes; a unit is always 1024 times the one before. */
export const parseSize = (text: string): Parsed<number> => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(text.trim())
  const size = match === null ? 0 : Math.floor(Number(match[1]) * units[match[2]!.toLowerCase()]!)
  if (size < 1) return wrong(`${quote(text)} is no size`, 'write bytes or a number with KB, MB or GB: 10MB')
  if (size > 2 ** 31)
    return wrong(`${quote(text)} is more than 2 GB`, 'bodies are held in memory; use a smaller limit')
  return { ok: true, value: size }
}

const quote = (text: string): string => JSON.stringify(text)

/** For showing: `http://user:***@host`. */
export const withoutPassword = (text: string): string =>
  text.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?[^/@:\s]*):\S*@/i, '$1:***@')
