/** Keys of a service that only services of one protocol have. */
import { tenantNameHint, tenantNameProblem } from '../core/tenant-name.ts'
import type { Path } from '../yaml/tree.ts'
import type { Report } from './report.ts'
import type { ServiceFile } from './schema.ts'

/** Complains of each of `keys` that the service has, which speaks `spoken` and not `owner`. */
export const refuseKeysOf = (
  owner: string,
  keys: readonly (keyof ServiceFile)[],
  settings: ServiceFile,
  spoken: string,
  path: Path,
  report: Report,
): void => {
  for (const key of keys) {
    if (settings[key] === undefined) continue
    report.add([...path, key], {
      message: `${key} is for services of protocol ${owner}, and this one speaks ${spoken}`,
      hint: `remove it, or write protocol: ${owner}`,
      onKey: true,
    })
  }
}

/** Whose lane a service's port is. */
export const readLaneTenant = ({ tenant }: ServiceFile, path: Path, report: Report): string | undefined => {
  const problem = tenant === undefined ? undefined : tenantNameProblem(tenant)
  if (problem !== undefined)
    report.add([...path, 'tenant'], {
      message: `${JSON.stringify(tenant)} ${problem}`,
      hint: tenantNameHint,
    })
  return tenant
}
