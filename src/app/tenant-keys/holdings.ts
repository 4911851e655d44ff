/** What tenants hold on the servers of a workspace: how many keys, of which kinds, and which of them nothing will remove. */
import { keyText } from '../../protocols/redis/mock/value.ts'
import { namedKey, pagesOf, patternOf } from './pages.ts'
import { type RedisClient, textOf } from './redis-client.ts'
import { eachDatabase, type KeyServer } from './servers.ts'

export interface Holding {
  readonly tenant: string
  /** Services whose keys these may be: they share a server. */
  readonly services: readonly string[]
  /** `host:port`, or `embedded`. */
  readonly server: string
  readonly database: number
  /** Up to the first colon, with `:*`; a key without a colon is `*`. */
  readonly prefix: string
  readonly keys: number
  /** Keys that no expiry will remove. */
  readonly lasting: number
  /** Number of keys by type: `string`, `hash`, … */
  readonly types: Readonly<Record<string, number>>
  /** Estimated from some of the keys (MEMORY USAGE); undefined: the server does not tell. */
  readonly bytes: number | undefined
}

export interface HoldingsWish {
  /** undefined: all of them. */
  readonly tenant: string | undefined
  /** Pages of a node's database, of 1000 of the server's keys each, that are looked at; default all. */
  readonly pagesAtMost?: number
}

/** By tenant, server, database and prefix. Rejects with UPSTREAM_UNREACHABLE, TENANT_KEYS_FAILED. */
export const holdings = async (
  servers: readonly KeyServer[],
  wish: HoldingsWish,
): Promise<readonly Holding[]> => {
  const found: Holding[] = []
  for (const server of servers) found.push(...(await heldOn(server, wish)))
  return found.sort(byTenant)
}

export const byTenant = (a: Holding, b: Holding): number =>
  compare(a.tenant, b.tenant) ||
  compare(a.server, b.server) ||
  a.database - b.database ||
  b.keys - a.keys ||
  compare(a.prefix, b.prefix)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const heldOn = async (
  server: KeyServer,
  { tenant, pagesAtMost }: HoldingsWish,
): Promise<readonly Holding[]> => {
  const tallies = new Map<string, Tally>()
  const { cluster } = server
  await server.eachNode((client) =>
    eachDatabase(server, client, async (database) => {
      // SCAN may give a key twice.
      const seen = new Set<string>()
      for await (const page of pagesOf(client, patternOf(tenant), pagesAtMost)) {
        const fresh = page.filter((wire) => !seen.has(wire.toString('latin1')))
        for (const wire of fresh) seen.add(wire.toString('latin1'))
        await count(fresh, { client, tallies, database, cluster })
      }
    }),
  )
  return [...tallies.values()].map((tally) => ({
    tenant: tally.tenant,
    services: server.services,
    server: server.address,
    database: tally.database,
    prefix: tally.prefix,
    keys: tally.keys,
    lasting: tally.lasting,
    types: Object.fromEntries([...tally.types].sort(([a], [b]) => compare(a, b))),
    bytes: tally.weighed === 0 ? undefined : Math.round((tally.weight / tally.weighed) * tally.keys),
  }))
}

interface Tally {
  readonly tenant: string
  readonly database: number
  readonly prefix: string
  keys: number
  lasting: number
  readonly types: Map<string, number>
  /** Keys whose size was asked for, and their bytes. */
  weighed: number
  weight: number
}

/** Distinct prefixes are an application's to invent. */
const mostPrefixes = 200
/** Of each prefix so many keys are weighed. */
const weighedAtMost = 50

interface Counting {
  readonly client: RedisClient
  readonly tallies: Map<string, Tally>
  readonly database: number
  readonly cluster: boolean
}

const count = async (page: readonly Buffer[], counting: Counting): Promise<void> => {
  const { client } = counting
  const keys = page.flatMap((wire) => {
    const named = namedKey(wire, counting.cluster)
    // A mark belongs to its key, and goes with it.
    return named === undefined || named.mark
      ? []
      : [{ wire, tally: tallyOf(named.tenant, named.key, counting) }]
  })
  const facts = await client.askAll(
    keys.flatMap(({ wire }) => [
      ['TYPE', wire],
      ['PTTL', wire],
    ]),
  )
  const heavy: { readonly wire: Buffer; readonly tally: Tally }[] = []
  keys.forEach(({ wire, tally }, i) => {
    const type = textOf(facts[2 * i])
    // Gone meanwhile.
    if (type === 'none') return
    tally.keys++
    if (textOf(facts[2 * i + 1]) === '-1') tally.lasting++
    tally.types.set(type, (tally.types.get(type) ?? 0) + 1)
    if (tally.weighed + heavy.length < weighedAtMost) heavy.push({ wire, tally })
  })
  const weights = await client.askAll(heavy.map(({ wire }) => ['MEMORY', 'USAGE', wire]))
  heavy.forEach(({ tally }, i) => {
    const bytes = Number(textOf(weights[i]))
    if (!Number.isInteger(bytes) || bytes === 0) return
    tally.weighed++
    tally.weight += bytes
  })
}

const tallyOf = (tenant: string, key: Buffer, { tallies, database }: Counting): Tally => {
  const colon = key.indexOf(58)
  const named = colon < 0 ? '*' : `${keyText(key.subarray(0, colon))}:*`
  const prefix = tallies.size < mostPrefixes || tallies.has(nameOf(tenant, database, named)) ? named : '…'
  const name = nameOf(tenant, database, prefix)
  const known = tallies.get(name)
  if (known !== undefined) return known
  const made: Tally = {
    tenant,
    database,
    prefix,
    keys: 0,
    lasting: 0,
    types: new Map(),
    weighed: 0,
    weight: 0,
  }
  tallies.set(name, made)
  return made
}

const nameOf = (tenant: string, database: number, prefix: string): string => `${tenant} ${database} ${prefix}`
