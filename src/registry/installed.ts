/**
 * Packages in a workspace: one folder each below `.svc-mock/packages`, whose name says exactly what is in it. It appears whole or
 * not at all, and is never changed, so that nobody who reads it needs to check more than that it is there.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import type { LockedPackage } from './lock.ts'
import { digestOf, readFiles } from './package-files.ts'

/** `root`: the workspace. */
export const packagesFolder = (root: string): string => join(root, '.svc-mock', 'packages')

/** In a package that is whole: the digest of everything else in its folder. */
const marker = '.installed'

type Named = Pick<LockedPackage, 'name' | 'version' | 'integrity'>

/** `@acme+orders-mocks@1.4.2-5d41402a`: a name that every system allows, whatever a repository calls itself. */
export const folderNameOf = ({ name, version, integrity }: Named): string => {
  const plain = `${name.replaceAll('/', '+')}@${version}`.replaceAll(/[^A-Za-z0-9@.+_-]/g, '-').slice(0, 100)
  return `${plain}-${createHash('sha256').update(integrity).digest('hex').slice(0, 8)}`
}

export const installedFolder = (root: string, locked: Named): string =>
  join(packagesFolder(root), folderNameOf(locked))

/** By a look at one file. */
export const isInstalled = (root: string, locked: Named): boolean =>
  statSync(join(installedFolder(root, locked), marker), { throwIfNoEntry: false })?.isFile() === true

/** Reads everything: false too where somebody has changed what was installed. */
export const isWhole = (root: string, locked: Named): boolean => {
  const folder = installedFolder(root, locked)
  if (!isInstalled(root, locked)) return false
  return readFileSync(join(folder, marker), 'utf8').trim() === contentOf(folder)
}

const contentOf = (folder: string): string => {
  const files = new Map(readFiles(folder) ?? [])
  files.delete(marker)
  return digestOf(files)
}

/** Where packages get ready: beside those that are installed, so that the last step is a renaming. Ignored by git, whatever the workspace ignores. */
export const stagingFolder = (root: string): string => {
  const packages = packagesFolder(root)
  mkdirSync(packages, { recursive: true })
  writeFileSync(join(packages, '.gitignore'), '*\n')
  return mkdtempSync(join(packages, '.new-'))
}

/** Where nothing is installed, nothing is left. */
export const closeStaging = (root: string, staging: string): void => {
  rmSync(staging, { recursive: true, force: true })
  const packages = packagesFolder(root)
  if (namesIn(packages).every((name) => name === '.gitignore'))
    rmSync(packages, { recursive: true, force: true })
}

/** `folder` becomes the package and is there no more. What was there before and is not whole goes. */
export const putInPlace = async (root: string, locked: Named, folder: string): Promise<void> => {
  writeFileSync(join(folder, marker), `${contentOf(folder)}\n`)
  // Temporary folders are their maker's alone; a workspace may be mounted for others.
  chmodSync(folder, 0o755)
  if (isWhole(root, locked)) {
    rmSync(folder, { recursive: true, force: true })
    return
  }
  const target = installedFolder(root, locked)
  rmSync(target, { recursive: true, force: true, maxRetries: 5 })
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(folder, target)
      return
    } catch (error) {
      // Another command was faster.
      if (isWhole(root, locked)) return rmSync(folder, { recursive: true, force: true })
      // Windows, while a virus scanner looks at new files.
      const busy =
        error instanceof Error && 'code' in error && /^E(?:PERM|ACCES|BUSY)$/.test(String(error.code))
      if (!busy || attempt === 20) throw error
      await later(50)
    }
  }
}

/** Whoever unpacks that long has died. */
const abandonedMs = 60 * 60 * 1000

/** Removes what no lock names. What cannot be removed stays until the next time. */
export const prune = (root: string, wanted: readonly Named[]): void => {
  const keep = new Set(wanted.map(folderNameOf))
  for (const name of namesIn(packagesFolder(root))) {
    if (name === '.gitignore' || keep.has(name)) continue
    const folder = join(packagesFolder(root), name)
    try {
      // Another command may be at work in it.
      if (name.startsWith('.') && Date.now() - statSync(folder).mtimeMs < abandonedMs) continue
      rmSync(folder, { recursive: true, force: true })
    } catch {}
  }
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
