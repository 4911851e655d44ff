/** What a changed configuration asks for that a running process cannot take over, in words. */
import type { Address, Config } from '../config/config.ts'

const show = (address: Address | undefined): string =>
  address === undefined ? 'none' : `${address.host}:${address.port}`

export const restartNeeds = (before: Config, now: Config): string[] => {
  const needs: string[] = []
  if (show(before.listen) !== show(now.listen)) needs.push(`listen: ${show(now.listen)}`)
  if (show(before.control.listen) !== show(now.control.listen))
    needs.push(`control.listen: ${show(now.control.listen)}`)
  if (before.control.wiremock !== now.control.wiremock)
    needs.push(`control.wiremock: ${now.control.wiremock}`)
  if (before.control.journalBytes !== now.control.journalBytes) needs.push('control.journal')
  for (const service of now.services) {
    const old = before.services.find(({ name }) => name === service.name)
    if (old?.listen !== undefined && show(old.listen) !== show(service.listen)) {
      needs.push(`services.${service.name}.listen: ${show(service.listen)}`)
    }
  }
  const folders = ({ library }: Config): string =>
    library.map(({ folder, services }) => [folder, ...(services ?? [])].join(' ')).join('\n')
  if (folders(before) !== folders(now)) needs.push('library')
  if (before.tenant !== now.tenant) needs.push(`tenant: ${now.tenant}`)
  if (before.tenants.header !== now.tenants.header) needs.push(`tenants.header: ${now.tenants.header}`)
  if (JSON.stringify(before.tenants.store) !== JSON.stringify(now.tenants.store)) needs.push('tenants.store')
  for (const { id, listen } of now.tenants.tenants) {
    const old = before.tenants.tenants.find((tenant) => tenant.id === id)
    if (old?.listen !== undefined && show(old.listen) !== show(listen)) {
      needs.push(`tenants.${id}.listen: ${show(listen)}`)
    }
  }
  return needs
}
