/** What is scanned: files of folders, what is staged, or everything that git has ever had. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import { walkFolders } from '../../mock/watch/walk.ts'

export interface Source {
  /** As shown: relative to the workspace, with `/`; with the commit before it in a history. */
  readonly display: string
  /** Relative to the workspace, for exceptions and by its ending. */
  readonly path: string
  bytes(): Uint8Array
}

const shown = (root: string, path: string): string => relative(root, path).split(sep).join('/') || '.'

/** `paths` are absolute. */
export const filesBelow = (root: string, paths: readonly string[]): Source[] => {
  const files = new Set<string>()
  for (const path of paths) for (const file of filesOf(root, path)) files.add(file)
  return [...files]
    .sort()
    .map((file) => ({ display: shown(root, file), path: shown(root, file), bytes: () => readFileSync(file) }))
}

const filesOf = (root: string, path: string): readonly string[] => {
  const kind = statSync(path, { throwIfNoEntry: false })
  if (kind?.isFile() === true) return [path]
  const tree = kind === undefined ? undefined : walkFolders(path)
  if (tree === undefined)
    throw new SvcMockError('FLAG_INVALID', `${shown(root, path)} does not exist`, {
      hint: 'name files or folders that exist',
    })
  return tree.files
}

/** A path below one of `within`, which are absolute. */
const isWithin = (path: string, within: readonly string[]): boolean =>
  within.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep))

/** Large answers: a repository's whole list of objects, or a file. */
const answerAtMost = 1024 * 1024 * 1024

const git = (root: string, args: readonly string[], input?: string): Buffer => {
  try {
    return execFileSync('git', args, {
      cwd: root,
      input,
      maxBuffer: answerAtMost,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new SvcMockError('GIT_FAILED', missing ? 'git was not found' : `git ${args[0]} failed in ${root}`, {
      cause: error,
    })
  }
}

/** As it would be committed now, which may differ from the file. */
export const stagedFiles = (root: string, within: readonly string[]): Source[] => {
  const top = git(root, ['rev-parse', '--show-toplevel']).toString('utf8').trim()
  const names = git(top, ['diff', '--cached', '--name-only', '--diff-filter=ACMR', '-z']).toString('utf8')
  return names
    .split('\0')
    .filter((name) => name !== '' && isWithin(join(top, name), within))
    .map((name) => {
      const path = shown(root, join(top, name))
      return { display: path, path, bytes: () => git(top, ['cat-file', 'blob', `:${name}`]) }
    })
}

/** Every version of every file that any branch or tag leads to, each content once, with a commit that has it. */
export const historyFiles = (root: string, within: readonly string[]): Source[] => {
  const top = git(root, ['rev-parse', '--show-toplevel']).toString('utf8').trim()
  const log = git(top, [
    '-c',
    'core.quotePath=false',
    'log',
    '--all',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '-z',
    '--format=%x01%h',
    '-m',
  ]).toString('utf8')
  const found = new Map<string, { readonly commit: string; readonly name: string }>()
  let commit = ''
  const parts = log.split('\0')
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!.trim()
    const marked = part.lastIndexOf('\x01')
    if (marked >= 0) commit = /^[0-9a-f]+/.exec(part.slice(marked + 1))?.[0] ?? commit
    const change = /:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*$/.exec(part)
    if (change === null) continue
    const name = parts[++i]!
    const [, mode, blob, kind] = change
    // Neither deletions nor submodules have content.
    if (kind === 'D' || mode === '160000' || !isWithin(join(top, name), within)) continue
    if (!found.has(`${blob} ${name}`)) found.set(`${blob} ${name}`, { commit, name })
  }
  const blobs = [...found].map(([id, place]) => ({ ...place, blob: id.slice(0, id.indexOf(' ')) }))
  const contents = readBlobs(top, [...new Set(blobs.map(({ blob }) => blob))])
  return blobs.map(({ blob, commit: at, name }) => {
    const path = shown(root, join(top, name))
    return { display: `${at}:${path}`, path, bytes: () => contents.get(blob) ?? new Uint8Array() }
  })
}

/** One process for all of them. */
const readBlobs = (top: string, blobs: readonly string[]): ReadonlyMap<string, Uint8Array> => {
  const contents = new Map<string, Uint8Array>()
  if (blobs.length === 0) return contents
  const answer = git(top, ['cat-file', '--batch'], `${blobs.join('\n')}\n`)
  for (let at = 0; at < answer.length; ) {
    const line = answer.indexOf(10, at)
    const [blob, , size] = answer.toString('latin1', at, line).split(' ')
    const start = line + 1
    const end = start + Number(size)
    contents.set(blob!, answer.subarray(start, end))
    at = end + 1
  }
  return contents
}

export const absolute = (path: string, cwd: string): string => (isAbsolute(path) ? path : resolve(cwd, path))
