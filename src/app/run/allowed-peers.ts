/** Peers under allowHosts are infrastructure and no bypass. Peers are addresses, so names are looked up once, at the end. */
import { lookup } from 'node:dns/promises'
import { parseHostPattern } from '../../config/host-pattern.ts'
import { HostTable } from '../../config/hosts.ts'
import type { Peer } from '../peers/peer-watch.ts'

const patternsOf = async (text: string): Promise<string[]> => {
  const parsed = parseHostPattern(text)
  if (!parsed.ok || parsed.pattern.host.kind !== 'exact') return [text]
  const { host, port } = parsed.pattern
  const found = await lookup(host.name, { all: true }).catch(() => [])
  const suffix = port === undefined ? '' : `:${port}`
  const addresses = found.map(({ address }) => (address.includes(':') ? `[${address}]` : address) + suffix)
  return [text, ...addresses]
}

export const withoutAllowed = async (
  peers: readonly Peer[],
  allowHosts: readonly string[],
): Promise<readonly Peer[]> => {
  if (peers.length === 0 || allowHosts.length === 0) return peers
  const patterns = (await Promise.all(allowHosts.map(patternsOf))).flat()
  const table = new HostTable([{ patterns, value: true }])
  return peers.filter(({ host, port }) => table.find(host, port, '/') === undefined)
}
