/** Flags of `svc-mock verify --contracts`, and what they and those of `svc-mock contract` mean. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import type { VerifyContractsOptions } from '../app/contract/verify-contracts.ts'
import { buildBranch, buildVersion, parseTarget, type StorePlace, type Target } from '../app/handover/view.ts'
import { SvcMockError } from '../core/errors.ts'

const contracts = { dependsOn: ['contracts'], helpGroup: 'CONTRACTS' }

/** For `static flags` of the command. */
export const contractsFlags = {
  contracts: Flags.string({
    dependsOn: ['provider', 'as'],
    exclusive: ['pact'],
    helpGroup: 'CONTRACTS',
    helpValue: '<folder|git url>',
    summary: 'what consumers really used, instead of the mocks of the workspace',
  }),
  as: Flags.string({ ...contracts, helpValue: '<name>', summary: 'what the consumers call the provider' }),
  environment: Flags.string({
    ...contracts,
    multiple: true,
    helpValue: '<name>',
    summary: 'contracts of the versions that run there',
  }),
  proto: Flags.string({
    ...contracts,
    multiple: true,
    helpValue: '<file|folder>',
    summary: 'definitions of gRPC; default: the provider is asked (server reflection)',
  }),
  'proto-path': Flags.string({
    ...contracts,
    multiple: true,
    helpValue: '<folder>',
    summary: 'where imports of --proto are looked up',
  }),
}

interface ContractsFlags {
  readonly contracts?: string | undefined
  readonly as?: string | undefined
  readonly branch?: readonly string[] | undefined
  readonly consumer?: readonly string[] | undefined
  readonly environment?: readonly string[] | undefined
  readonly proto?: readonly string[] | undefined
  readonly 'proto-path'?: readonly string[] | undefined
  readonly 'publish-results': boolean
  readonly 'provider-branch'?: string | undefined
  readonly 'provider-version'?: string | undefined
}

/** Rejects with FLAG_INVALID. */
export const contractsWishes = async (
  flags: ContractsFlags,
  place: StorePlace,
): Promise<Pick<VerifyContractsOptions, 'contracts' | 'selection' | 'proto' | 'importPaths' | 'publish'>> => {
  const publish = flags['publish-results']
    ? {
        version: await buildVersion({ version: flags['provider-version'], branch: undefined }, place),
        branch: await buildBranch({ branch: flags['provider-branch'] }, place),
      }
    : undefined
  return {
    contracts: storeOf('--contracts', flags.contracts!, place.cwd),
    selection: {
      as: flags.as!,
      consumers: flags.consumer ?? [],
      branches: flags.branch ?? [],
      environments: flags.environment ?? [],
    },
    proto: named('--proto', flags.proto, place.cwd),
    importPaths: named('--proto-path', flags['proto-path'], place.cwd),
    publish,
  }
}

const named = (flag: string, paths: readonly string[] = [], cwd: string) =>
  paths.map((shown) => {
    const path = resolve(cwd, shown)
    if (statSync(path, { throwIfNoEntry: false }) === undefined)
      throw new SvcMockError('FLAG_INVALID', `${flag} ${shown} does not exist`)
    return { path, shown }
  })

/** A folder or a git repository. Throws FLAG_INVALID for a broker. */
export const storeOf = (
  flag: string,
  text: string,
  cwd: string,
): Exclude<Target, { readonly kind: 'broker' }> => {
  const target = parseTarget(text, cwd)
  if (target.kind !== 'broker') return target
  throw new SvcMockError('FLAG_INVALID', `${flag} ${target.shown} is neither a folder nor a git repository`, {
    hint: `of a git repository write git+${target.shown}, or an address that ends with .git`,
  })
}

/** What a Pact Broker is asked, at an address that may have been meant for git. Rejects as `ask` does, with that told. */
export const orGit = async <T>(text: string, cwd: string, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof SvcMockError) || error.code !== 'BROKER_FAILED') throw error
    throw new SvcMockError(error.code, error.message, {
      hint: `${error.hint}; of a git repository write git+${parseTarget(text, cwd).shown}`,
      cause: error,
    })
  }
}
