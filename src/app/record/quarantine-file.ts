/** Where a run's quarantine lies: in the user's own folder for what programs keep, never where a commit could take it along. */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from '../../config/user-folder.ts'
import { isAlive } from '../../control/find-running.ts'
import { liesInWorkTree } from '../mask-key.ts'

/** A process number is given again some time. */
const keptAtMostMs = 24 * 60 * 60 * 1000

export interface QuarantinePlace {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder of the workspace. */
  readonly root: string
  readonly now: number
}

/**
 * The name of a file that does not exist yet, in a folder that only its owner can read; what runs have left that were
 * killed is removed there, for which nobody has a key any more. undefined: there is no such place.
 */
export const quarantineFile = ({ env, root, now }: QuarantinePlace): string | undefined => {
  const folder = join(stateFolder(env), 'quarantine')
  if (liesInWorkTree(folder, root)) return undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (liesInWorkTree(realpathSync(folder), root)) return undefined
    chmodSync(folder, 0o700)
    removeLeftovers(folder, now)
  } catch {
    return undefined
  }
  return join(folder, `${process.pid}-${randomBytes(8).toString('hex')}.sealed`)
}

const removeLeftovers = (folder: string, now: number): void => {
  for (const name of readdirSync(folder)) {
    const pid = /^(\d+)-[0-9a-f]{16}\.sealed$/.exec(name)?.[1]
    if (pid === undefined) continue
    const file = join(folder, name)
    const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now)
    if (!isAlive(Number(pid)) || age > keptAtMostMs) rmSync(file, { force: true })
  }
}
