/**
 * Which contracts with a provider are verified: those in a folder as `run --contract` writes it, or those of a store, where a consumer
 * has one for each branch and each version that runs somewhere.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { SvcMockError } from '../../../core/errors.ts'
import { isFields } from '../../../core/fields.ts'
import type { Problem } from '../../../core/problem.ts'
import { folderName } from '../../../record/file-names.ts'
import { parseDocument } from '../../../yaml/document.ts'
import { nearest } from '../../../yaml/nearest.ts'
import { contentHash, Store } from './layout.ts'

export interface ContractSelection {
  /** The provider, as its consumers call it. */
  readonly as: string
  /** Names; none: all. */
  readonly consumers: readonly string[]
  readonly branches: readonly string[]
  readonly environments: readonly string[]
}

export interface SelectedContract {
  /** As the file says; of one that cannot be read, as its place says. */
  readonly consumer: string
  /** Absolute. */
  readonly path: string
  /** Relative to the folder. */
  readonly shown: string
  /** undefined: it cannot be read. */
  readonly hash: string | undefined
  readonly protocol: 'http' | 'grpc'
  /** Why it was chosen: `main`, `in production`. */
  readonly reasons: readonly string[]
}

export interface Selected {
  readonly contracts: readonly SelectedContract[]
  readonly problems: readonly Problem[]
}

interface Found extends Omit<SelectedContract, 'reasons'> {
  /** undefined: the folder knows no branches. */
  readonly branch: string | undefined
}

/** Throws FLAG_INVALID where there is none. */
export const selectContracts = (folder: string, selection: ContractSelection): Selected => {
  const { as, consumers, branches, environments } = selection
  const own = join(folder, folderName(as))
  if (!existsSync(own)) throw noProvider(folder, as)
  const store = new Store(folder)
  const found = filesIn(own).map((path) => contractAt(path, folder, own))
  const wanted = (name: string): boolean =>
    consumers.length === 0 || consumers.some((one) => one === name || folderName(one) === name)
  const isStore = found.some(({ branch }) => branch !== undefined)
  if (!isStore && branches.length + environments.length > 0)
    throw new SvcMockError('FLAG_INVALID', `${as} has no contracts by branch or environment there`, {
      hint: 'that is what svc-mock contract publish makes; without --branch and --environment all are taken',
    })
  const all = found.filter(({ consumer }) => wanted(consumer))
  const byBranch = all.filter(
    (one) => one.branch === undefined || isBranchWanted(one, all, branches, environments),
  )
  const byPlace = deployed(store, selection, isStore).filter(({ consumer }) => wanted(consumer))
  const contracts = unique([
    ...byBranch.map(({ branch, ...one }) => ({ ...one, reasons: branch === undefined ? [] : [branch] })),
    ...byPlace,
  ])
  if (contracts.length === 0) throw noneWanted(as, found)
  return { contracts, problems: store.problems }
}

/** Contracts directly in it are a consumer's repository; those a level below have a branch. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.')) return []
      if (!entry.isDirectory()) return /\.ya?ml$/.test(entry.name) ? [path] : []
      return readdirSync(path)
        .filter((name) => /^[^.].*\.ya?ml$/.test(name))
        .sort()
        .map((name) => join(path, name))
    })

const contractAt = (path: string, folder: string, own: string): Found => {
  const shown = relative(folder, path).split(sep).join('/')
  const steps = relative(own, path).split(sep)
  const stem = basename(path).replace(/\.ya?ml$/, '')
  const { value, problems } = parseDocument(readFileSync(path, 'utf8'), shown)
  const head = isFields(value) && isFields(value['contract']) ? value['contract'] : {}
  const { consumer, branch } = head
  return {
    consumer: typeof consumer === 'string' ? consumer : steps.length > 1 ? steps[0]! : stem,
    branch: steps.length > 1 ? (typeof branch === 'string' ? branch : stem) : undefined,
    path,
    shown,
    protocol: isFields(value) && value['protocol'] === 'grpc' ? 'grpc' : 'http',
    hash: problems.length === 0 && isFields(value) ? contentHash(value) : undefined,
  }
}

/** Without a wish: main, or else master, or else all that the consumer has. */
const isBranchWanted = (
  { branch, consumer }: Found,
  all: readonly Found[],
  branches: readonly string[],
  environments: readonly string[],
): boolean => {
  if (branches.length > 0) return branches.includes(branch!)
  if (environments.length > 0) return false
  const own = new Set(all.flatMap((one) => (one.consumer === consumer ? one.branch : [])))
  const usual = ['main', 'master'].find((name) => own.has(name))
  return usual === undefined || branch === usual
}

/** What runs somewhere counts besides, unless branches were asked for alone. */
const deployed = (
  store: Store,
  { as, branches, environments }: ContractSelection,
  isStore: boolean,
): readonly SelectedContract[] => {
  if (!isStore || (branches.length > 0 && environments.length === 0)) return []
  return store
    .deployments()
    .filter(({ environment }) => environments.length === 0 || environments.includes(environment))
    .flatMap(({ name, version, environment }) => {
      const hash = store.version(name, version)?.contracts[as]
      if (hash === undefined) return []
      const path = store.contentFile(hash)
      if (!existsSync(path)) return []
      const { branch: _, ...one } = contractAt(path, store.folder, dirname(path))
      return [{ ...one, consumer: name, reasons: [`in ${environment}`] }]
    })
}

/** The same contract is verified once. */
const unique = (contracts: readonly SelectedContract[]): readonly SelectedContract[] => {
  const byContent = new Map<string, SelectedContract>()
  for (const one of contracts) {
    const key = one.hash ?? one.path
    const before = byContent.get(key)
    const reasons = [...new Set([...(before?.reasons ?? []), ...one.reasons])]
    byContent.set(key, { ...(before ?? one), reasons })
  }
  return [...byContent.values()]
}

const noProvider = (folder: string, as: string): SvcMockError => {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const names = entries
    .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
    .map(({ name }) => name)
    .sort()
  const near = nearest(as, names)
  return new SvcMockError('FLAG_INVALID', `there is no contract with ${as}`, {
    hint:
      near === undefined
        ? `there are contracts with: ${names.join(', ') || 'nobody'}`
        : `did you mean --as ${near}?`,
  })
}

const noneWanted = (as: string, found: readonly Found[]): SvcMockError => {
  const known = found.map(({ consumer, branch }) =>
    branch === undefined ? consumer : `${consumer} (${branch})`,
  )
  return new SvcMockError(
    'FLAG_INVALID',
    `no contract with ${as} is of that consumer, branch or environment`,
    {
      hint: `there are those of ${known.join(', ') || 'nobody'}`,
    },
  )
}
