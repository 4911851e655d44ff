/**
 * `svc-mock verify --passive --contracts --as -- <tests>`: what the tests of all consumers really used of a provider, held against what
 * it answers its own tests. Each contract is a library of its own, and of each the mock counts that a call meets.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { newTenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { MockFile } from '../../mock/definition.ts'
import { ServiceDefinitions } from '../definitions.ts'
import type { VerificationRecord } from '../handover/store/layout.ts'
import { readStore, type StorePlace } from '../handover/store/open-store.ts'
import { type SelectedContract, selectContracts } from '../handover/store/select.ts'
import { libraryTools } from '../library-tools.ts'
import { MockLibrary } from '../mock-library.ts'
import {
  authorityOf,
  type ProviderTests,
  runBeforeProvider,
  shownProvider,
} from './passive/before-provider.ts'
import { ExercisedLibrary } from './passive/exercised.ts'
import { SeenReplies } from './passive/seen-replies.ts'
import { passiveProtocols } from './passive-protocols/index.ts'
import { promisesOf } from './promises.ts'
import { providerConfig } from './provider-config.ts'
import {
  described,
  foreign,
  libraryOf,
  publishResults,
  type Result,
  resultOf,
  rootOf,
  type VerifyContractsOptions,
} from './verify-contracts.ts'
import { counted, type PassiveVerification } from './verify-passive.ts'

export type VerifyPassiveContractsOptions = ProviderTests &
  Pick<
    VerifyContractsOptions,
    'contracts' | 'selection' | 'proto' | 'importPaths' | 'publish' | 'provider' | 'version' | 'workspace'
  >

export type PassiveContractsVerification = PassiveVerification & {
  readonly published: readonly VerificationRecord[]
}

/** Rejects with FLAG_INVALID, GIT_FAILED, DEFINITION_INVALID. */
export const verifyPassiveContracts = async (
  options: VerifyPassiveContractsOptions,
  place: StorePlace,
): Promise<PassiveContractsVerification> => {
  const { results, ...verified } = await readStore(options.contracts, place, (folder) =>
    verifyIn(folder, options, place),
  )
  // Tests that fail, or see nothing, prove nothing.
  const proven = verified.exitCode === 0 && verified.calls > 0 ? results : []
  return { ...verified, published: await publishResults(proven, options, place) }
}

interface Held {
  readonly contract: SelectedContract
  readonly promised: readonly MockFile[]
  readonly promises: ExercisedLibrary
  /** It could be read, all of it. */
  readonly isWhole: boolean
}

const verifyIn = async (
  folder: string,
  options: VerifyPassiveContractsOptions,
  place: StorePlace,
): Promise<PassiveVerification & { readonly results: readonly Result[] }> => {
  const startedAt = performance.now()
  const { as } = options.selection
  const selected = selectContracts(folder, options.selection)
  const protocol = protocolOf(as, selected.contracts)
  const root = rootOf(folder, options.contracts, place)
  // What a running proxy keeps for other commands has no place among contracts, nor in a repository without a workspace.
  const workplace = mkdtempSync(join(tmpdir(), 'svc-mock-passive-'))
  const config = configFor(workplace, protocol.name as 'http' | 'grpc', options)
  const definitions = await ServiceDefinitions.load(config)
  const tools = await libraryTools({ definitions })
  try {
    const problems: Problem[] = [...selected.problems, ...definitions.problems()]
    const left: string[] = []
    const held = selected.contracts.map((contract): Held => {
      const library = new MockLibrary(root, [libraryOf(contract)], tools)
      const mistakes = library.problems()
      const files = library.files()
      const promised = files.filter((file) => file.service === as)
      problems.push(...mistakes, ...foreign(files, as))
      const promises = promisesOf(library, promised, options.version)
      left.push(...promises.left)
      const isWhole = !mistakes.some(({ severity }) => severity === 'error') && promised.length > 0
      return {
        contract,
        promised,
        isWhole,
        promises: new ExercisedLibrary(promises.items, library.index, protocol),
      }
    })
    const seen = new SeenReplies(
      held.map(({ promises }) => promises),
      protocol,
      newTenant(config.tenant),
    )
    const provider = authorityOf(options.provider)
    const exitCode = await runBeforeProvider(config, config.services[0]!, provider, seen, options)
    const { calls, skipped } = await seen.result()
    const found = held.map(({ promises, ...one }) => ({ ...one, ...promises.result() }))
    return {
      exitCode,
      calls,
      report: {
        command: 'verify --passive --contracts',
        against: [shownProvider(as, provider), ...selected.contracts.map(described)],
        checked: found.flatMap(({ checked }) => checked),
        findings: found.flatMap(({ findings }) => findings),
        skipped: counted(skipped, left),
        problems,
        durationMs: performance.now() - startedAt,
      },
      results: found.flatMap(({ contract, promised, isWhole, whole, checked, findings }) => {
        const isBroken = findings.some(({ severity }) => severity === 'violation')
        // Looked at in part it says nothing good of the whole.
        const isConclusive = isBroken || (whole && options.version === undefined)
        return contract.hash !== undefined && isWhole && isConclusive
          ? [resultOf(as, contract, promised, { checked, findings })]
          : []
      }),
    }
  } finally {
    tools.scripts?.close()
    rmSync(workplace, { recursive: true, force: true })
  }
}

/** One proxy stands before one service. */
const protocolOf = (as: string, contracts: readonly SelectedContract[]) => {
  const names = new Set(contracts.map(({ protocol }) => protocol))
  if (names.size > 1)
    throw new SvcMockError('FLAG_INVALID', `some contracts with ${as} are of HTTP and some of gRPC`, {
      hint: 'verify those of one kind at a time: --consumer <name>',
    })
  return passiveProtocols.find(({ name }) => names.has(name as SelectedContract['protocol']))!
}

/** What the tests call besides the provider is not our business. */
const configFor = (
  root: string,
  protocol: 'http' | 'grpc',
  { selection, provider, proto, importPaths, env, workspace }: VerifyPassiveContractsOptions,
): Config => ({
  ...providerConfig(root, { name: selection.as, protocol, provider, proto, importPaths }, env, workspace),
  ...(workspace !== undefined && { limits: workspace.limits, upstreamProxy: workspace.upstreamProxy }),
  unknownHosts: 'passthrough',
  strict: false,
})
