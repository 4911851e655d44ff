/** What is forwarded of a request's head, and what of a reply's: everything but what ends at a proxy. */
import { allValues, firstValue, type Metadata, sameName } from '../../../core/metadata.ts'
import type { UpstreamProxy } from '../../../core/protocol.ts'
import type { Authority } from '../../../core/service-entry.ts'
import type { HttpCall } from '../call.ts'
import { endsAtProxy, namedByConnection, passedCoding } from '../hop-by-hop.ts'
import { hopHeader } from '../hop-mark.ts'
import { formatHost } from '../target.ts'
import type { OutgoingRequest } from './h1/exchange.ts'

export interface Forwarding {
  readonly call: HttpCall
  readonly target: Authority
  readonly proxy: UpstreamProxy | undefined
  readonly hopMark: string
}

/** The head as the client sent it, in its order and case: a proxy must not change either. */
export const outgoing = (forwarding: Forwarding): OutgoingRequest => {
  const { call, target, proxy, hopMark } = forwarding
  const own = call.client.entrance.kind === 'own'
  const upgrade = call.client.upgrade !== undefined
  const named = upgrade ? undefined : namedByConnection(call.metadata)
  let text = `${call.method} ${requestTarget(forwarding)} HTTP/1.1\r\n`
  let hasHost = false
  let length: number | undefined
  let chunked = false
  for (let i = 0; i < call.metadata.length; i += 2) {
    const name = call.metadata[i]!
    const value = call.metadata[i + 1]!
    if (sameName(name, 'host')) {
      if (hasHost) continue
      hasHost = true
      text += `${name}: ${own ? formatHost(target.scheme, target) : value}\r\n`
    } else if (sameName(name, 'transfer-encoding')) {
      if (chunked) continue
      chunked = true
      text += `${name}: ${passedCoding(allValues(call.metadata, 'transfer-encoding'))}\r\n`
    } else if (!endsAtProxy(name, upgrade) && named?.has(name.toLowerCase()) !== true) {
      if (sameName(name, 'content-length')) length = Number(value)
      text += `${name}: ${value}\r\n`
    }
  }
  // HTTP/2 frames its bodies and need not say how long they are.
  if (!chunked && length === undefined && !call.body.empty) {
    chunked = true
    text += 'transfer-encoding: chunked\r\n'
  }
  if (!hasHost) text += `host: ${formatHost(target.scheme, target)}\r\n`
  if (proxy?.authorization !== undefined) text += `proxy-authorization: ${proxy.authorization}\r\n`
  text += `${hopHeader}: ${hopMark}\r\n\r\n`
  if (chunked && call.body.empty) text += '0\r\n\r\n'
  return { method: call.method, head: text, length: chunked ? undefined : length, upgrade }
}

/**
 * As received. An upstream with a path of its own takes the place of the part that belongs to the service's
 * host; towards another proxy the target is in absolute form.
 */
const requestTarget = (forwarding: Forwarding): string => {
  const { target, proxy } = forwarding
  const raw = pathOf(forwarding)
  if (proxy === undefined || target.scheme !== 'http') return raw
  return `http://${formatHost('http', target)}${raw === '*' ? '' : raw}`
}

/** Path and query at the upstream. */
export const pathOf = ({ call, target }: Forwarding): string =>
  target.basePath === '' ? call.rawTarget : `${target.basePath}${call.path}${call.search}`

const without = (named: ReadonlySet<string>, headers: readonly string[]): string[] =>
  headers.filter((_text, i) => !named.has(headers[i - (i % 2)]!.toLowerCase()))

/** A reply's headers as they go on. `received`: raw pairs. */
export const replyHeaders = (received: string[], upgrade: boolean): string[] => {
  const kept: string[] = []
  let named: ReadonlySet<string> | undefined
  let codings: string[] | undefined
  for (let i = 0; i < received.length; i += 2) {
    const name = received[i]!
    const value = received[i + 1]!
    if (!endsAtProxy(name, upgrade)) kept.push(name, value)
    else if (sameName(name, 'connection')) {
      const more = namedByConnection([name, value])
      if (more !== undefined) named = named?.union(more) ?? more
    } else if (sameName(name, 'transfer-encoding') && !upgrade) {
      codings ??= []
      codings.push(value)
    }
  }
  const coding = codings === undefined ? 'chunked' : passedCoding(codings)
  // Chunks alone are made again where they are needed.
  if (coding !== 'chunked') kept.push('Transfer-Encoding', coding)
  return named === undefined ? kept : without(named, kept)
}

/** Header lines of raw pairs, each with CRLF. */
export const lines = (pairs: Metadata): string => {
  let text = ''
  for (let i = 0; i < pairs.length; i += 2) text += `${pairs[i]}: ${pairs[i + 1]}\r\n`
  return text
}

/**
 * On an own port the client does not know the upstream's name: redirects and cookies that name it are turned
 * to the port it called.
 */
export const toOwnPort = (headers: string[], target: Authority, call: HttpCall): string[] => {
  const { entrance } = call.client
  const here = `${entrance.tls === undefined ? 'http' : 'https'}://${firstValue(call.metadata, 'host') ?? entrance.listen}`
  const there = formatHost(target.scheme, target)
  return headers.map((value, i) => {
    if (i % 2 === 0) return value
    const name = headers[i - 1]!.toLowerCase()
    if (name === 'location' || name === 'content-location')
      return relocate(value, `${target.scheme}://${there}`, here)
    if (name === 'set-cookie') return withoutDomain(value, target.host)
    return value
  })
}

const relocate = (location: string, from: string, to: string): string => {
  const rest = location.slice(from.length)
  const names = location.toLowerCase().startsWith(from.toLowerCase()) && (rest === '' || /^[/?#]/.test(rest))
  return names ? to + rest : location
}

/** Without Domain a cookie belongs to the host that set it (RFC 6265 section 5.3): to us. */
const withoutDomain = (cookie: string, host: string): string =>
  cookie
    .split(';')
    .filter((attribute) => {
      const domain = /^\s*domain\s*=\s*\.?(.*?)\s*$/i.exec(attribute)?.[1]?.toLowerCase()
      return (
        domain === undefined || !(host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`))
      )
    })
    .join(';')
