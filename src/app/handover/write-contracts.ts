/**
 * Contracts into a folder, a file for each provider. Without `merge` they are the whole truth about the consumer: what it does not
 * use any more goes. Files appear whole or not at all, also where several runs write at once.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { folderName } from '../../record/file-names.ts'
import { contractPath, readContract, renderContract } from './contract-file.ts'
import { Interactions } from './interaction.ts'
import type { Used } from './usage.ts'
import { inTurn, writeWhole } from './write-whole.ts'

export interface ContractChange {
  /** As people name it: relative to the working directory. */
  readonly file: string
  readonly provider: string
  readonly interactions: number
  readonly change: 'added' | 'changed' | 'unchanged' | 'removed'
}

export interface WriteWishes {
  /** Absolute. */
  readonly folder: string
  readonly consumer: string
  /** Keep what other runs have written. */
  readonly merge: boolean
}

/** Rejects with CONTRACT_NOT_WRITTEN. */
export const writeContracts = async (
  used: readonly Used[],
  wishes: WriteWishes,
): Promise<readonly ContractChange[]> => {
  try {
    mkdirSync(wishes.folder, { recursive: true })
    return await inTurn(join(wishes.folder, `.${folderName(wishes.consumer)}.lock`), () => [
      ...used.map((one) => writeOne(one, wishes)),
      ...(wishes.merge ? [] : removeOthers(used, wishes)),
    ])
  } catch (error) {
    if (error instanceof SvcMockError) throw error
    throw new SvcMockError(
      'CONTRACT_NOT_WRITTEN',
      `contracts could not be written to ${shown(wishes.folder)}: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

const writeOne = (
  { provider, protocol, interactions }: Used,
  { folder, consumer, merge }: WriteWishes,
): ContractChange => {
  const file = join(folder, contractPath(provider, consumer))
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const known = before === undefined ? undefined : readContract(before, shown(file))
  if (before !== undefined && known?.consumer !== consumer)
    throw new SvcMockError('CONTRACT_NOT_WRITTEN', `${shown(file)} is not the contract of ${consumer}`, {
      hint: 'move the file away; contracts are written anew by each run',
    })
  const all = new Interactions()
  for (const one of [...interactions, ...(merge ? (known?.interactions ?? []) : [])]) all.add(one)
  const list = all.list()
  const text = renderContract({ consumer, provider, protocol, interactions: list })
  // Line ends do not count: git may change them.
  const same = before?.replaceAll('\r\n', '\n') === text
  if (!same) writeWhole(file, text)
  return {
    file: shown(file),
    provider,
    interactions: list.length,
    change: same ? 'unchanged' : before === undefined ? 'added' : 'changed',
  }
}

/** Contracts of this consumer with providers that it did not call. */
const removeOthers = (
  used: readonly Used[],
  { folder, consumer }: WriteWishes,
): readonly ContractChange[] => {
  const kept = new Set(used.map(({ provider }) => folderName(provider)))
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): ContractChange[] => {
    const file = join(folder, entry.name, `${folderName(consumer)}.yaml`)
    if (!entry.isDirectory() || kept.has(entry.name) || !existsSync(file)) return []
    const known = readContract(readFileSync(file, 'utf8'), shown(file))
    if (known?.consumer !== consumer) return []
    rmSync(file)
    if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file))
    return [{ file: shown(file), provider: known.provider, interactions: 0, change: 'removed' }]
  })
}

const shown = (path: string): string => {
  const below = relative(process.cwd(), path)
  return (below.startsWith('..') ? resolve(path) : below).split(sep).join('/')
}
