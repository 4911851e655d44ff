/** Tenants and their instances as a table: one line for each instance, and one for a tenant without. */
import type { InstanceView, TenantView } from '../app/tenant-commands.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const stateOf = ({ alive, secondsLeft }: InstanceView): string => {
  if (!alive) return 'does not answer'
  return secondsLeft === undefined ? 'svc-mock.yaml' : `alive, ${secondsLeft} s left`
}

const notes = ({ own, claims, listen }: TenantView): string =>
  [
    own ? 'calls that say nothing' : '',
    claims > 0 ? `${claims} claim${claims === 1 ? '' : 's'}` : '',
    listen === undefined ? '' : `calls to ${listen}`,
  ]
    .filter((part) => part !== '')
    .join(', ')

export const renderTenants = (tenants: readonly TenantView[], style: Style, width: number): string => {
  const rows = tenants.flatMap((tenant) => {
    const name = tenant.tenant === 'default' ? 'default (baseline)' : tenant.tenant
    const { instances } = tenant
    if (instances.length === 0) return [[name, '', '', '', notes(tenant)]]
    return instances.map((one, i) => [
      i === 0 ? name : '',
      one.service,
      one.instance,
      stateOf(one),
      i === 0 ? notes(tenant) : '',
    ])
  })
  return renderTable(['tenant', 'service', 'instance', 'state', 'also'], rows, { style, width })
}
