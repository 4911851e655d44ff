/** Files that others may read or write at the same time: they appear whole, and who changes several waits for its turn. */
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { SvcMockError } from '../../core/errors.ts'

/** Folders are made. A name beginning with a dot is read by nobody. */
export const writeWhole = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  const beside = `${dirname(file)}/.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeFileSync(beside, text, { flag: 'wx' })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

/** Whoever holds a lock that long has died. */
const staleMs = 30_000
const patienceMs = 60_000

/** Runs `work` while nobody else does who names the same lock. Rejects with CONTRACT_NOT_WRITTEN after a minute. */
export const inTurn = async <T>(lock: string, work: () => T | Promise<T>): Promise<T> => {
  const until = Date.now() + patienceMs
  while (!taken(lock)) {
    if (Date.now() > until)
      throw new SvcMockError('CONTRACT_NOT_WRITTEN', `another run holds ${lock}`, {
        hint: 'remove the file if no other run is there',
      })
    await later(20 + Math.floor(Math.random() * 30))
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

const taken = (lock: string): boolean => {
  try {
    closeSync(openSync(lock, 'wx'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > staleMs) rmSync(lock, { force: true })
    return false
  }
}
