/** Which packages a command line means: by address, by name, or by the repository's name. */
import type { PackageConfig } from '../../config/library-packages.ts'
import { SvcMockError } from '../../core/errors.ts'
import { nearest } from '../../yaml/nearest.ts'
import type { PackagesWorkspace } from './workspace-packages.ts'

/** `names`: none means all. Throws FLAG_INVALID for one that means no package. */
export const chosenPackages = (
  { config, locked }: PackagesWorkspace,
  names: readonly string[],
): readonly PackageConfig[] => {
  if (names.length === 0) return config.packages
  const namesOf = ({ address }: PackageConfig): readonly string[] => {
    const known = locked.get(address.text)?.name
    const own =
      address.kind === 'npm' ? [address.name, `npm:${address.name}`] : [address.url, `git+${address.url}`]
    return [address.text, ...own, ...(known === undefined ? [] : [known])]
  }
  const chosen = names.flatMap((name) => {
    const found = config.packages.filter((one) => namesOf(one).includes(name))
    if (found.length > 0) return found
    const all = config.packages.flatMap((one) => namesOf(one).at(-1)!)
    const near = nearest(name, config.packages.flatMap(namesOf))
    throw new SvcMockError('FLAG_INVALID', `svc-mock.yaml names no package ${name}`, {
      hint:
        near !== undefined
          ? `did you mean ${near}?`
          : all.length > 0
            ? `it names ${all.join(', ')}`
            : 'it names none; add one: svc-mock add npm:<name>',
    })
  })
  return [...new Set(chosen)]
}
