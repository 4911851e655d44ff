/** `svc-mock pack`: a workspace becomes a package that others can use, or is refused with everything that is wrong. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { whyNotInner } from '../../registry/inner-path.ts'
import { manifestFile, manifestFormat, manifestText, type PackageManifest } from '../../registry/manifest.ts'
import { packTarball } from '../../registry/pack-tarball.ts'
import { integrityOf, type PackageFiles, packageLimits, writeFiles } from '../../registry/package-files.ts'
import { unpack } from '../../registry/unpack.ts'
import type { CheckView } from '../check-view.ts'
import { verifySpec } from '../contract/verify-spec.ts'
import type { ContractReport } from '../contract-view.ts'
import { openLibrary } from '../library.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { type ScanView, scan } from '../scan/scan.ts'
import type { Config } from '../workspace.ts'
import { inspectPackage } from './inspect.ts'
import { listFiles, type PackList, packedFolders } from './pack-files.ts'
import { type PackedSpec, packedSpecs } from './pack-specs.ts'
import { type PackageDescription, readPackageJson } from './package-json.ts'

export interface PackOptions {
  readonly config: Config
  /** Of svc-mock.yaml. */
  readonly warnings: readonly Problem[]
  /** Version of svc-mock. */
  readonly tool: string
  /** As `2026-11-21`: exceptions of the scan end. */
  readonly today: string
}

export interface PackedPackage {
  readonly kind: 'packed'
  readonly name: string
  readonly version: string
  /** As npm names it: `acme-orders-mocks-1.4.2.tgz`. */
  readonly fileName: string
  readonly tarball: Uint8Array
  readonly integrity: string
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
  readonly manifest: PackageManifest
  /** Files of the library that no mock names, relative to the workspace. */
  readonly left: readonly string[]
  readonly warnings: readonly Problem[]
}

/** What is wrong, as the command shows it that looks for nothing else. */
export type PackRefusal =
  | { readonly kind: 'check'; readonly view: CheckView }
  | { readonly kind: 'contract'; readonly report: ContractReport }
  | { readonly kind: 'scan'; readonly view: ScanView }

/** Nothing is written. Rejects with PACK_IMPOSSIBLE. */
export const pack = async ({
  config,
  warnings,
  tool,
  today,
}: PackOptions): Promise<PackedPackage | PackRefusal> => {
  const description = readPackageJson(config.root)
  const shared = { ...config, library: config.library.filter(({ layer }) => layer > 0) }
  const checked = await (await openLibrary(shared)).check([])
  const view = { ...checked, problems: [...warnings, ...checked.problems] }
  if (view.problems.some(isError)) return { kind: 'check', view }
  // What is nobody's but ours, and what others have packed, stays out.
  const own = { ...shared, library: packedFolders(config).map(({ folder }) => folder) }
  const specs = await packedSpecs(own)
  const report = await heldAgainstSpecs(own)
  if (report !== undefined) return { kind: 'contract', report }
  const list = await filesOf(own)
  const sources = new Map([...list.files, ...[...specs.values()].flatMap(({ files }) => [...files])])
  if (list.library.length === 0)
    throw new SvcMockError('PACK_IMPOSSIBLE', 'there are no mock files to pack', {
      hint: 'mocks stand in the folders under library in svc-mock.yaml; mocks.local and packages are left out',
    })
  refuseNames([...sources.keys()])
  const scanned = scan({
    cwd: config.root,
    root: config.root,
    library: [],
    paths: [...sources.values()],
    from: 'files',
    today,
  })
  if (scanned.findings.length + scanned.unreadable.length + scanned.problems.length > 0)
    return { kind: 'scan', view: scanned }
  const packed = await packageOf(description, list, specs, sources, tool)
  return { ...packed, left: list.left, warnings: view.problems }
}

const isError = ({ severity }: Problem): boolean => severity === 'error'

/** The manifest says what the mocks were held against, so they must hold. undefined: they do. */
const heldAgainstSpecs = async (config: Config): Promise<ContractReport | undefined> => {
  if (!config.services.some(({ contract }) => contract?.openapi !== undefined)) return undefined
  const report = await verifySpec(config, { paths: [], allowRemoteRefs: false })
  const broken =
    report.findings.some(({ severity }) => severity === 'violation') || report.problems.some(isError)
  return broken ? report : undefined
}

const filesOf = async (config: Config): Promise<PackList> => {
  const library = MockLibrary.open(config, await libraryTools())
  try {
    return listFiles(config, library)
  } finally {
    library.close()
  }
}

const refuseNames = (paths: readonly string[]): void => {
  for (const path of paths) {
    const why = whyNotInner(path)
    if (why !== undefined)
      throw new SvcMockError('PACK_IMPOSSIBLE', `the path ${JSON.stringify(path)} ${why}`, {
        hint: 'rename the file',
      })
  }
}

/** Looked at once more as whoever installs it will: alone, without the workspace around it. */
const packageOf = async (
  description: PackageDescription,
  list: PackList,
  specs: ReadonlyMap<string, PackedSpec>,
  sources: ReadonlyMap<string, string>,
  tool: string,
): Promise<Omit<PackedPackage, 'left' | 'warnings'>> => {
  const { name, version } = description
  const library = list.library.map(({ inner }) => inner)
  const contents = new Map([...sources].map(([path, file]) => [path, readFileSync(file)] as const))
  const services = await servicesOf(contents, library, specs, tool)
  for (const service of specs.keys())
    if (!Object.hasOwn(services, service))
      for (const path of specs.get(service)!.files.keys()) contents.delete(path)
  const manifest: PackageManifest = {
    format: manifestFormat,
    tool,
    library,
    services: Object.fromEntries(
      Object.entries(services).map(([service, held]) => {
        const spec = specs.get(service)?.spec
        return [service, spec === undefined ? held : { ...held, spec }]
      }),
    ),
  }
  const hasSpecs = Object.values(manifest.services).some(({ spec }) => spec !== undefined)
  const own = { ...description.fields, files: [...library, ...(hasSpecs ? ['specs'] : []), manifestFile] }
  const files: PackageFiles = new Map<string, Uint8Array>([
    ['package.json', Buffer.from(`${JSON.stringify(own, null, 2)}\n`)],
    [manifestFile, Buffer.from(manifestText(manifest))],
    ...[...contents].sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
  const tarball = packTarball(files)
  // As it will be read: limits of files and of the whole are those of installing.
  unpack(tarball, `${name} ${version}`)
  if (tarball.length > packageLimits.tarball)
    throw new SvcMockError('PACK_IMPOSSIBLE', 'the package is too large to be installed')
  return {
    kind: 'packed',
    name,
    version,
    fileName: `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`,
    tarball,
    integrity: integrityOf(tarball),
    files: [...files].map(([path, { length }]) => ({ path, bytes: length })),
    manifest,
  }
}

const servicesOf = async (
  files: PackageFiles,
  library: readonly string[],
  specs: ReadonlyMap<string, PackedSpec>,
  tool: string,
): Promise<PackageManifest['services']> => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-pack-'))
  try {
    // What is known of it so far: definitions are read by it.
    const known = [...specs].map(([name, { spec }]) => {
      const protocol = /\.(?:ya?ml|json)$/.test(spec.file) ? 'http' : 'grpc'
      return [name, { protocol, versions: [] as string[], mocks: 0, spec }] as const
    })
    const manifest = {
      format: manifestFormat,
      tool,
      library: [...library],
      services: Object.fromEntries(known),
    }
    writeFiles(folder, new Map([...files, [manifestFile, Buffer.from(manifestText(manifest))]]))
    const { services, problems } = await inspectPackage(folder, library)
    const [first] = problems.filter(isError)
    if (first !== undefined)
      throw new SvcMockError(
        'PACK_IMPOSSIBLE',
        `what works in this workspace would not work alone: ${first.message}`,
        {
          source: first.at,
          hint: 'a package cannot extend mocks of other packages, or name files outside of its library',
          details: { problems },
        },
      )
    return services
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
