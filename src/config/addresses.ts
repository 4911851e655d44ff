/** Kinds of addresses that safety rules speak of. They look at addresses, never at names, except `localhost`. */
import { BlockList, isIP } from 'node:net'

const listOf = (v4: readonly string[], v6: readonly string[]): BlockList => {
  const list = new BlockList()
  const add = (range: string, family: 'ipv4' | 'ipv6'): void => {
    const [base, prefix] = range.split('/') as [string, string]
    list.addSubnet(base, Number(prefix), family)
  }
  for (const range of v4) add(range, 'ipv4')
  for (const range of v6) add(range, 'ipv6')
  return list
}

const loopback = listOf(['127.0.0.0/8'], ['::1/128'])
const unspecified = listOf(['0.0.0.0/8'], ['::/128'])
/** Link-local (RFC 3927, RFC 4291) and the addresses at which clouds give credentials to whoever asks. */
const linkLocalOrMetadata = listOf(
  ['169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32'],
  ['fe80::/10', 'fd00:ec2::/32', 'fd20:ce::254/128', 'fd00:42::42/128'],
)

const isIn = (list: BlockList, address: string): boolean => {
  const bare = address.split('%', 1)[0]!
  const family = isIP(bare)
  return family !== 0 && list.check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

/** `127.0.0.0/8`, `::1`, their IPv4-mapped forms, and the name `localhost`. */
export const isLoopback = (address: string): boolean =>
  address.toLowerCase() === 'localhost' || isIn(loopback, address)

/** `0.0.0.0` and `::`: listens everywhere; dialled, it reaches this machine. */
export const isUnspecified = (address: string): boolean => isIn(unspecified, address)

export const isLinkLocalOrMetadata = (address: string): boolean => isIn(linkLocalOrMetadata, address)

/** What a proxy that others may use reaches only if a service names it. */
export const isInnerAddress = (address: string): boolean =>
  isLoopback(address) || isUnspecified(address) || isLinkLocalOrMetadata(address)
