/** What tenants hold, and what was removed, for people. */
import type { LeftOver } from '../app/tenant-keys/left-over.ts'
import type {
  Holding,
  OnCluster,
  TenantCleaned,
  TenantHoldings,
  TenantLeavings,
} from '../app/tenant-keys/view.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export const size = (bytes: number): string => {
  let [n, unit] = [bytes, 0]
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024
    unit++
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const typesOf = ({ types }: Holding): string => {
  const all = Object.entries(types)
  return all.map(([type, n]) => (all.length === 1 ? type : `${n} ${type}`)).join(', ')
}

const sum = (holdings: readonly Holding[], key: 'keys' | 'lasting' | 'bytes'): number =>
  holdings.reduce((total, one) => total + (one[key] ?? 0), 0)

/** One line for each tenant, server, database and prefix; below, what nothing will remove. */
export const renderHoldings = (
  { holdings, instances }: TenantHoldings,
  tenant: string | undefined,
  style: Style,
  width: number,
): string => {
  const lines: string[] = []
  if (holdings.length === 0)
    lines.push(tenant === undefined ? 'no tenant holds any key' : `${tenant} holds no key`)
  else {
    const rows = holdings.map((one) => [
      one.tenant,
      one.services.join(', '),
      String(one.database),
      one.prefix,
      String(one.keys),
      String(one.lasting),
      one.bytes === undefined ? '' : `~ ${size(one.bytes)}`,
      typesOf(one),
    ])
    const head = ['tenant', 'service', 'db', 'prefix', 'keys', 'without expiry', 'memory', 'types']
    lines.push(renderTable(head, rows, { style, width }))
    lines.push(
      `${counted(sum(holdings, 'keys'), 'key')}, about ${size(sum(holdings, 'bytes'))}; ${leftOver(holdings)}`,
    )
  }
  for (const { tenant: whose, service, instance } of instances)
    lines.push(`instance: ${whose}'s ${service} at ${instance}`)
  return lines.join('\n')
}

const leftOver = (holdings: readonly Holding[]): string => {
  const lasting = sum(holdings, 'lasting')
  if (lasting === 0) return 'all of them expire'
  const whose = [...new Set(holdings.filter((one) => one.lasting > 0).map((one) => one.tenant))]
  const [only] = whose
  const how = whose.length === 1 ? `svc-mock tenant clean ${only}` : 'svc-mock tenant clean <tenant>'
  const gone = holdings.every(({ server, lasting: n }) => n === 0 || server === 'embedded')
  return `${lasting} without expiry stay until ${gone ? 'svc-mock ends, or ' : ''}somebody removes them: ${how}`
}

export const renderCleaned = ({ cleaned, kafka, instances }: TenantCleaned, tenant: string): string =>
  [
    ...cleaned.map(
      ({ keys, services, server }) =>
        `removed ${counted(keys, 'key')} of ${tenant} from ${services.join(', ')} (${server})`,
    ),
    ...kafka.map(
      ({ groups, claims, topics, services, cluster }) =>
        `removed ${[
          named(groups, 'group'),
          named(claims, 'claim'),
          ...(topics.length === 0 ? [] : [named(topics, 'private topic')]),
        ].join(', ')} of ${tenant} from ${services.join(', ')} (${cluster})`,
    ),
    ...instances.map(({ service, instance }) => `removed the instance of ${service} (${instance})`),
  ].join('\n')

/** Below a list of tenants. */
export const renderLeftOver = (left: readonly LeftOver[], style: Style): string =>
  left
    .map(({ tenant, services, keys }) =>
      style.yellow(
        `${tenant} has at least ${counted(keys, 'key')} without expiry in ${services.join(', ')}: svc-mock tenant keys ${tenant}`,
      ),
    )
    .join('\n')

const mostNames = 10

const named = (names: readonly string[], what: string): string => {
  const more = names.length > mostNames ? ', …' : ''
  return `${counted(names.length, what)}${names.length === 0 ? '' : ` (${names.slice(0, mostNames).join(', ')}${more})`}`
}

/** What would be removed, for the question and for --dry-run. */
export const foretell = (
  { holdings, kafka, instances }: TenantLeavings,
  tenant: string,
  topics: boolean,
): string => {
  const byServer = Map.groupBy(holdings, ({ server }) => server)
  const keys = [...byServer].map(
    ([server, own]) => `${counted(sum(own, 'keys'), 'key')} in ${own[0]!.services.join(', ')} (${server})`,
  )
  const added = instances.filter(({ secondsLeft }) => secondsLeft !== undefined)
  const parts = [
    ...keys,
    ...kafka.flatMap((one) => onCluster(one, topics)),
    ...(added.length === 0 ? [] : [counted(added.length, 'instance')]),
  ]
  const staying = topics ? [] : kafka.flatMap((one) => one.topics.map(({ topic }) => topic))
  const stays = staying.length === 0 ? '' : `; ${named(staying, 'private topic')} would stay: --topics`
  return `${tenant} has ${parts.join(', ') || 'nothing that could be removed'}${stays}`
}

const onCluster = ({ services, cluster, groups, topics: own }: OnCluster, topics: boolean): string[] => {
  const there = groups.filter(({ state }) => state !== 'Gone').map(({ group }) => group)
  const claims = groups.filter(({ claims }) => claims.length > 0).map(({ group }) => group)
  const parts = [
    ...(there.length === 0 ? [] : [named(there, 'group')]),
    ...(claims.length === 0 ? [] : [named(claims, 'claim')]),
    ...(topics && own.length > 0
      ? [
          named(
            own.map(({ topic }) => topic),
            'private topic',
          ),
        ]
      : []),
  ]
  return parts.length === 0 ? [] : [`${parts.join(', ')} in ${services.join(', ')} (${cluster})`]
}
