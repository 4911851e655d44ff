/**
 * `svc-mock verify --provider --contracts --as`: what the tests of all consumers really used of a provider, asked of that provider. Each
 * contract is a library of its own, and its result may be handed back, so that its consumer knows.
 */
import { dirname, relative } from 'node:path'
import type { Config, LibraryFolder } from '../../config/config.ts'
import type { Checked, ContractReport, Violation } from '../../contract/violation.ts'
import type { NamedPath } from '../../core/definitions.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { ServiceDefinitions } from '../definitions.ts'
import { Store, type VerificationRecord } from '../handover/store/layout.ts'
import { changeStore, readStore, type StorePlace } from '../handover/store/open-store.ts'
import { type ContractSelection, type SelectedContract, selectContracts } from '../handover/store/select.ts'
import type { Target } from '../handover/store/target.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import { providerConfig } from './provider-config.ts'
import type { Verification } from './verification.ts'
import { type VerifyProviderOptions, verifyFiles } from './verify-provider.ts'

type Stored = Exclude<Target, { readonly kind: 'broker' }>

export interface VerifyContractsOptions extends Omit<VerifyProviderOptions, 'service'> {
  readonly contracts: Stored
  readonly selection: ContractSelection
  /** Of gRPC; none: the provider is asked for its definitions. */
  readonly proto: readonly NamedPath[]
  readonly importPaths: readonly NamedPath[]
  /** The provider's own workspace; undefined: it has none. */
  readonly workspace: Config | undefined
  /** The provider that was verified, for those who ask later; undefined: nobody is told. */
  readonly publish: { readonly version: string; readonly branch: string | undefined } | undefined
}

export type ContractsReport = ContractReport & {
  readonly complete: boolean
  readonly published: readonly VerificationRecord[]
}

/** Rejects with FLAG_INVALID, GIT_FAILED, PROVIDER_UNREACHABLE. */
export const verifyContracts = async (
  options: VerifyContractsOptions,
  place: StorePlace,
): Promise<ContractsReport> => {
  const { report, results } = await readStore(options.contracts, place, (folder) =>
    verifyIn(folder, options, place),
  )
  const { publish } = options
  if (publish === undefined || results.length === 0) return { ...report, published: [] }
  const records = results.map((one) => ({ ...one, version: publish.version, ...branchOf(publish) }))
  const consumers = records.map(({ consumer }) => consumer).join(', ')
  const message = `${options.selection.as} ${publish.version} was held against the contracts of ${consumers}`
  await changeStore(options.contracts, message, place, (folder) => {
    const store = new Store(folder)
    for (const record of records) store.writeVerification(record)
  })
  return { ...report, published: records }
}

const branchOf = ({ branch }: { readonly branch: string | undefined }): { readonly branch?: string } =>
  branch === undefined ? {} : { branch }

interface Verified {
  readonly report: Omit<ContractsReport, 'published'>
  readonly results: readonly Omit<VerificationRecord, 'version' | 'branch'>[]
}

const verifyIn = async (
  folder: string,
  options: VerifyContractsOptions,
  { cwd, env }: StorePlace,
): Promise<Verified> => {
  const startedAt = performance.now()
  const { as } = options.selection
  const selected = selectContracts(folder, options.selection)
  const { contracts } = selected
  // Files of this repository are named as people here name them.
  const root = options.contracts.kind === 'folder' && isBelow(folder, cwd) ? cwd : folder
  const checked: Checked[] = []
  const findings: Violation[] = []
  const skipped = new Map<string, number>()
  const problems: Problem[] = [...selected.problems]
  const results: Verified['results'][number][] = []
  const totals = new Progress(options.progress)
  let stopped = false
  for (const protocol of ['http', 'grpc'] as const) {
    const own = contracts.filter((one) => one.protocol === protocol)
    if (own.length === 0) continue
    const config = providerConfig(
      root,
      {
        name: as,
        protocol,
        provider: options.provider,
        proto: options.proto,
        importPaths: options.importPaths,
      },
      env,
      options.workspace,
    )
    const definitions = await ServiceDefinitions.load(config)
    problems.push(...definitions.problems())
    const tools = await libraryTools({ definitions })
    try {
      for (const contract of own) {
        if (stopped) break
        const library = new MockLibrary(root, [libraryOf(contract)], tools)
        const mistakes = library.problems()
        const all = library.files()
        const promised = all.filter((file) => file.service === as)
        problems.push(...mistakes, ...foreign(all, as))
        const verification = await verifyFiles(
          promised,
          { config, library, definitions, service: as },
          { ...options, progress: totals.next() },
        )
        checked.push(...verification.checked)
        findings.push(...verification.findings)
        for (const [reason, n] of verification.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + n)
        stopped = verification.stopped
        const isWhole = !mistakes.some(({ severity }) => severity === 'error') && promised.length > 0
        if (contract.hash !== undefined && isWhole && isConclusive(verification, options))
          results.push(resultOf(as, contract, promised, verification))
      }
    } finally {
      tools.scripts?.close()
    }
  }
  return {
    report: {
      command: 'verify --provider --contracts',
      against: [`${as}: ${options.provider.origin}`, ...contracts.map(described)],
      checked,
      findings,
      skipped: Object.fromEntries(skipped),
      problems,
      durationMs: performance.now() - startedAt,
      complete: !stopped && isEverything(options),
    },
    results,
  }
}

const libraryOf = ({ path, shown }: SelectedContract): LibraryFolder => ({
  folder: dirname(path),
  display: shown,
  layer: 1,
  only: new Set([path]),
})

/** In the folder of one provider lies the contract with another. */
const foreign = (files: readonly MockFile[], as: string): readonly Problem[] =>
  files.flatMap((file) =>
    file.service === as || file.problems.length > 0
      ? []
      : [
          {
            severity: 'error',
            code: 'CONTRACT_INVALID',
            ...file.locate(['service']),
            message: `it is a contract with ${file.service}, and lies among those with ${as}`,
            hint: 'move the file, or correct service',
          } as const,
        ],
  )

const described = ({ consumer, reasons, shown }: SelectedContract): string =>
  `${consumer}: ${shown}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`

/** What was ended early, or looked at in part, says nothing good of the whole. */
const isConclusive = (
  { stopped, findings }: Verification,
  { version }: Pick<VerifyContractsOptions, 'version'>,
): boolean => (!stopped && version === undefined) || findings.some(isViolation)

const isViolation = ({ severity }: Violation): boolean => severity === 'violation'

const resultOf = (
  as: string,
  { hash }: SelectedContract,
  files: readonly MockFile[],
  { checked, findings }: Verification,
): Verified['results'][number] => {
  const violations = findings.filter(isViolation).length
  // Told by place: names may stand in several files.
  const doubtful = new Set(
    findings.flatMap(({ severity, mock }) =>
      severity === 'dataMissing' || severity === 'notVerifiable' ? (mock ?? []) : [],
    ),
  )
  const verified = checked.filter(({ name }) => !doubtful.has(name)).length
  return {
    provider: as,
    consumer: files[0]!.contract?.consumer ?? '',
    contract: hash!,
    success: violations === 0 && verified > 0,
    verified,
    of: files.reduce((sum, { mocks }) => sum + mocks.length, 0),
    violations,
  }
}

const isEverything = ({ version, selection }: VerifyContractsOptions): boolean =>
  version === undefined &&
  selection.consumers.length + selection.branches.length + selection.environments.length === 0

const isBelow = (folder: string, cwd: string): boolean => {
  const below = relative(cwd, folder)
  return !below.startsWith('..') && below !== folder
}

/** One count over several verifications: each knows its own only. */
class Progress {
  readonly #tell: ((done: number, all: number) => void) | undefined
  #done = 0
  #all = 0

  constructor(tell: ((done: number, all: number) => void) | undefined) {
    this.#tell = tell
  }

  next(): (done: number, all: number) => void {
    const before = this.#done
    const allBefore = this.#all
    return (done, all) => {
      this.#done = before + done
      this.#all = allBefore + all
      this.#tell?.(this.#done, this.#all)
    }
  }
}
