/** Writes a workspace that works at once. Never overwrites: what exists is kept and named. */
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SvcMockError } from '../core/errors.ts'
import { firstCall, ignoredByGit, initFiles } from './init-files.ts'

export interface InitResult {
  /** Absolute. */
  readonly folder: string
  /** Relative to the folder. */
  readonly written: readonly string[]
  readonly kept: readonly string[]
  /** Commands, in order. */
  readonly next: readonly string[]
}

const isExisting = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'

/** Writes through `wx`, so that nothing can come between looking and writing. */
const writeNew = (file: string, text: string): boolean => {
  mkdirSync(dirname(file), { recursive: true })
  try {
    writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (isExisting(error)) return false
    throw error
  }
}

/** Adds the lines that are missing; true when it changed anything. */
const ignoreInGit = (file: string): boolean => {
  if (writeNew(file, `${ignoredByGit.join('\n')}\n`)) return true
  const text = readFileSync(file, 'utf8')
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()))
  const missing = ignoredByGit.filter((line) => !present.has(line))
  if (missing.length === 0) return false
  const newline = text === '' || text.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${newline}${missing.join('\n')}\n`)
  return true
}

const checkFolder = (folder: string): void => {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found !== undefined && !found.isDirectory()) {
    throw new SvcMockError('FILE_EXISTS', `${folder} is a file, not a folder`)
  }
}

export const initWorkspace = (cwd: string, dir: string): InitResult => {
  const folder = resolve(cwd, dir)
  checkFolder(folder)
  const written: string[] = []
  const kept: string[] = []
  for (const { path, text } of initFiles) {
    ;(writeNew(join(folder, path), text) ? written : kept).push(path)
  }
  ;(ignoreInGit(join(folder, '.gitignore')) ? written : kept).push('.gitignore')
  const enter = folder === cwd ? [] : [`cd ${dir}`]
  return { folder, written, kept, next: [...enter, 'svc-mock test', 'svc-mock start', firstCall] }
}
