/** Whether what was unpacked is what it says: mock files without mistakes, and the specs of its manifest. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import type { FetchTools } from './fetch-tools.ts'
import { manifestFormat, type PackageManifest, specFiles } from './manifest.ts'

/** Mock files that can be used as they are, or PACKAGE_INVALID with everything that is wrong. */
export const inspected = async (
  folder: string,
  shown: string,
  library: readonly string[],
  manifest: PackageManifest | undefined,
  tools: FetchTools,
): Promise<PackageManifest> => {
  const { services, problems } = await tools.inspect(folder, library)
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) {
    const count = errors.length === 1 ? 'a mistake' : `${errors.length} mistakes`
    throw new SvcMockError('PACKAGE_INVALID', `${shown} has ${count}`, {
      details: { problems: errors },
    })
  }
  if (Object.keys(services).length === 0)
    throw new SvcMockError('PACKAGE_INVALID', `${shown} holds no mocks in ${library.join(', ')}`)
  refuseOtherSpecs(folder, shown, manifest)
  const found = Object.entries(services).map(([name, service]) => {
    const spec = manifest?.services[name]?.spec
    return [name, spec === undefined ? service : { ...service, spec }]
  })
  return {
    format: manifest?.format ?? manifestFormat,
    tool: manifest?.tool ?? 'git',
    library: [...library],
    services: Object.fromEntries(found),
  }
}

const refuseOtherSpecs = (folder: string, shown: string, manifest: PackageManifest | undefined): void => {
  for (const spec of Object.values(manifest?.services ?? {}).flatMap((service) => specFiles(service))) {
    const found = hashOf(join(folder, ...spec.file.split('/')))
    if (found === spec.sha256) continue
    const what =
      found === undefined
        ? `has no ${spec.file}, which its manifest names`
        : `has another ${spec.file} than its manifest says`
    throw new SvcMockError('PACKAGE_INVALID', `${shown} ${what}`)
  }
}

const hashOf = (file: string): string | undefined => {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return undefined
  }
}
