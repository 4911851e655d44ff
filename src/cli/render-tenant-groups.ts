/** What tenants have in Kafka, for people. */
import type { Glance } from '../app/tenant-groups/glance.ts'
import type { GroupView } from '../app/tenant-groups/look.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

const claimed = ({ claims }: GroupView): string =>
  [...Map.groupBy(claims, ({ topic }) => topic)]
    .map(
      ([topic, ones]) =>
        `${topic} from ${ones.map(({ partition, from }) => `${partition}:${from}`).join(' ')}`,
    )
    .join(', ')

/** Below a list of tenants; '' where there is nothing. */
export const renderGroups = ({ groups, topics, unasked }: Glance, style: Style, width: number): string => {
  const lines: string[] = []
  if (groups.length > 0) {
    const rows = groups.map((one) => [
      one.tenant,
      one.services.join(', '),
      one.group,
      one.state.toLowerCase(),
      one.lag === undefined ? '' : String(one.lag),
      claimed(one),
    ])
    lines.push(renderTable(['tenant', 'service', 'group', 'state', 'lag', 'claimed'], rows, { style, width }))
  }
  for (const [tenant, own] of Map.groupBy(topics, (one) => one.tenant))
    lines.push(`${tenant} has ${counted(own.length, 'private topic')} in ${own[0]!.services.join(', ')}`)
  for (const { tenant, group, unread } of groups)
    for (const { topic, partition, from, to, held } of unread)
      lines.push(
        style.yellow(
          `${topic} ${partition}, offsets ${from} to ${to - 1}: records of ${tenant}'s among them were kept from the baseline and ${
            held
              ? `wait for ${tenant}'s group ${group}`
              : `nobody gets them, since the claim of ${tenant}'s group ${group} is over`
          }`,
        ),
      )
  for (const { services, why } of unasked) lines.push(style.dim(`${services.join(', ')}: ${why}`))
  return lines.join('\n')
}
