/** `svc-mock contract publish`: the contracts of one consumer's version into a store. */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { SvcMockError } from '../../../core/errors.ts'
import { type Fields, isFields } from '../../../core/fields.ts'
import { folderName } from '../../../record/file-names.ts'
import { parseDocument } from '../../../yaml/document.ts'
import { writeYaml } from '../../../yaml/write.ts'
import { readContract } from '../contract-file.ts'
import { writeWhole } from '../write-whole.ts'
import { contentHash, Store } from './layout.ts'
import { changeStore, type StorePlace } from './open-store.ts'
import type { Target } from './target.ts'

export interface PublishWishes {
  /** Where `run --contract` wrote, absolute. */
  readonly folder: string
  readonly consumer: string
  readonly version: string
  readonly branch: string
}

export interface Published {
  readonly consumer: string
  readonly version: string
  readonly branch: string
  readonly to: string
  readonly contracts: readonly { readonly provider: string; readonly hash: string; readonly isNew: boolean }[]
  /** Providers whose contract this branch had before and has no more. */
  readonly removed: readonly string[]
}

export interface OwnContract {
  readonly provider: string
  readonly hash: string
  readonly value: Fields
  /** As in the folder. */
  readonly file: string
}

/** Throws FLAG_INVALID where there is none, CONTRACT_INVALID where one cannot be read: a part would be taken for all. */
export const ownContracts = (folder: string, consumer: string): readonly OwnContract[] => {
  const shown = relative(process.cwd(), folder).split(sep).join('/') || '.'
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  const found = entries
    .filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name))
    .flatMap((entry): OwnContract[] => {
      const file = join(folder, entry.name, `${folderName(consumer)}.yaml`)
      if (!existsSync(file)) return []
      const name = `${shown}/${entry.name}/${folderName(consumer)}.yaml`
      const text = readFileSync(file, 'utf8')
      const document = parseDocument(text, name, 'CONTRACT_INVALID')
      const contract = readContract(text, name)
      if (contract === undefined || !isFields(document.value))
        throw new SvcMockError('CONTRACT_INVALID', `${name} is no contract`, {
          hint: 'write it anew with svc-mock run --contract',
          details: { problems: document.problems },
        })
      if (contract.consumer !== consumer)
        throw new SvcMockError(
          'CONTRACT_INVALID',
          `${name} is the contract of ${contract.consumer}, not of ${consumer}`,
        )
      return [
        { provider: contract.provider, hash: contentHash(document.value), value: document.value, file: name },
      ]
    })
  if (found.length > 0) return found
  throw new SvcMockError('FLAG_INVALID', `${shown} holds no contract of ${consumer}`, {
    hint: 'make them: svc-mock run --strict --contract contracts/ -- npm test',
  })
}

/** Rejects with FLAG_INVALID, CONTRACT_INVALID, GIT_FAILED. */
export const publishContracts = async (
  target: Exclude<Target, { readonly kind: 'broker' }>,
  wishes: PublishWishes,
  place: StorePlace,
): Promise<Published> => {
  const { consumer, version, branch } = wishes
  const own = ownContracts(wishes.folder, consumer)
  const message = `contracts of ${consumer} ${version} (${branch})`
  return changeStore(target, message, place, (folder) => {
    const store = new Store(folder)
    const contracts = Object.fromEntries(own.map(({ provider, hash }) => [provider, hash]))
    refuseOther(store, consumer, version, contracts)
    const result = own.map(({ provider, hash, value }) => {
      const content = store.contentFile(hash)
      const isNew = !existsSync(content)
      if (isNew) writeWhole(content, textOf(value, {}))
      writeWhole(store.branchFile(provider, consumer, branch), textOf(value, { version, branch }))
      return { provider, hash, isNew }
    })
    store.writeVersion({ name: consumer, version, branch, contracts })
    const removed = removeOthers(store, consumer, branch, new Set(Object.keys(contracts)))
    return { consumer, version, branch, to: target.shown, contracts: result, removed }
  })
}

/** Whoever has verified a version, or deployed it, relies on what it was. */
const refuseOther = (
  store: Store,
  consumer: string,
  version: string,
  contracts: Readonly<Record<string, string>>,
): void => {
  const before = store.version(consumer, version)
  if (before === undefined) return
  const names = [...new Set([...Object.keys(before.contracts), ...Object.keys(contracts)])]
  const other = names.find((name) => before.contracts[name] !== contracts[name])
  if (other === undefined) return
  throw new SvcMockError(
    'FLAG_INVALID',
    `version ${version} of ${consumer} was published with another contract with ${other}`,
    { hint: 'commit the change, or publish it under another --version' },
  )
}

const textOf = (value: Fields, build: Fields): string => {
  const { version: _, branch: _b, ...own } = value['contract'] as Fields
  return `# A contract, published by svc-mock contract publish.\n${writeYaml({ ...value, contract: { ...own, ...build } })}`
}

const removeOthers = (
  store: Store,
  consumer: string,
  branch: string,
  kept: ReadonlySet<string>,
): readonly string[] => {
  const folders = new Set([...kept].map(folderName))
  return readdirSync(store.folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || /^[._]/.test(entry.name) || folders.has(entry.name)) return []
    const file = join(store.folder, entry.name, folderName(consumer), `${folderName(branch)}.yaml`)
    if (!existsSync(file)) return []
    const known = readContract(readFileSync(file, 'utf8'), file)
    rmSync(file)
    return [known?.provider ?? entry.name]
  })
}
