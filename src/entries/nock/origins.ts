/** Hosts of services as nock takes them. */
import type { NockNote } from '../../app/nock/public.ts'

export interface NamedService {
  readonly name: string
  readonly protocol: string
  readonly hosts: readonly string[]
}

/** Of RFC 9110 and RFC 5789. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export const originsOf = (
  services: readonly NamedService[],
): { readonly origins: readonly RegExp[]; readonly notPossible: readonly NockNote[] } => {
  const origins: RegExp[] = []
  const notPossible: NockNote[] = []
  for (const { name, protocol, hosts } of services) {
    if (protocol !== 'http' && protocol !== 'grpc') {
      notPossible.push({ of: `service ${name}`, why: `nock knows no ${protocol}` })
      continue
    }
    for (const host of hosts) {
      const origin = originOf(host)
      if (origin === undefined)
        notPossible.push({
          of: `service ${name}, host ${host}`,
          why: 'nock has no form for a range of addresses',
        })
      else origins.push(origin)
    }
  }
  return { origins, notPossible }
}

/** undefined: a range of addresses. A path behind the host is left to us: nock would match it otherwise. */
const originOf = (pattern: string): RegExp | undefined => {
  if (/\/\d+$/.test(pattern) && /^[\d.:a-f]+\/\d+$/i.test(pattern)) return undefined
  const [authority = ''] = pattern.split('/')
  const [, name = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? []
  const host = name.startsWith('*') ? `[^/]*${escaped(name.slice(1))}` : escaped(name)
  return new RegExp(`^https?://${host}:${port ?? '\\d+'}`, 'i')
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
