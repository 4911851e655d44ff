/** A library in a git repository: a mock package, or just folders of mock files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { create } from 'tar'
import { SvcMockError } from '../core/errors.ts'
import type { GitAddress } from './address.ts'
import type { PackageCache } from './cache.ts'
import type { FetchTools } from './fetch-tools.ts'
import { FetchedCommit, gitCommit } from './git-files.ts'
import { belongs, fromCache, type Got, manifestIn, ownFiles, refuseOther } from './got.ts'
import type { LockedPackage } from './lock.ts'
import { manifestFile } from './manifest.ts'
import { digestOf, type PackageFiles, writeFiles } from './package-files.ts'
import { unpack } from './unpack.ts'

export const fromGit = async (
  address: GitAddress,
  tools: FetchTools,
  cache: PackageCache,
  locked: LockedPackage | undefined,
): Promise<Got> => {
  const commit = locked?.commit ?? (await gitCommit(address, tools))
  const name = repositoryName(address.url)
  const shown = `${name} at ${commit.slice(0, 12)}`
  const kept =
    locked === undefined
      ? undefined
      : fromCache(cache, locked.integrity, (tarball) => digestOf(unpack(tarball, shown)))
  const files = kept === undefined ? await commitFiles(address, commit, shown, tools) : unpack(kept, shown)
  const integrity = digestOf(files)
  refuseOther(shown, integrity, locked)
  if (kept === undefined) cache.put(integrity, pack(files, tools.into))
  const manifest = manifestIn(files, shown)
  const library = manifest?.library ?? foldersIn([...files.keys()])
  return { shown, name, version: commit.slice(0, 12), commit, integrity, files, manifest, library }
}

/** `https://git.example.com/team/mocks.git` -> `mocks`. */
const repositoryName = (url: string): string =>
  decodeURIComponent(new URL(url).pathname)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .at(-1) || 'mocks'

/** Folders of mock files in a repository that says nothing of itself. */
const usualFolders: readonly string[] = ['mocks', 'fixtures']

const foldersIn = (paths: readonly string[]): readonly string[] =>
  usualFolders.filter((folder) => paths.some((path) => path.startsWith(`${folder}/`)))

const commitFiles = async (
  { url }: GitAddress,
  commit: string,
  shown: string,
  tools: FetchTools,
): Promise<PackageFiles> => {
  const repository = mkdtempSync(join(tools.into, '.git-'))
  try {
    const fetched = await FetchedCommit.fetch({ url }, commit, repository, tools.env)
    const manifest = manifestIn(await fetched.files(shown, (path) => ownFiles.includes(path)), shown)
    const paths = fetched.entries.map(({ path }) => path)
    const library = manifest?.library ?? foldersIn(paths)
    if (library.length === 0)
      throw new SvcMockError(
        'PACKAGE_INVALID',
        `${shown} is no library of mocks: it has neither a folder mocks nor ${manifestFile}`,
        { hint: 'is it the right repository, and the right branch?' },
      )
    return await fetched.files(shown, belongs(library, manifest))
  } finally {
    rmSync(repository, { recursive: true, force: true })
  }
}

/** The same form as npm's, so that one way leads back. */
const pack = (files: PackageFiles, into: string): Uint8Array => {
  const folder = mkdtempSync(join(into, '.pack-'))
  try {
    writeFiles(join(folder, 'package'), files)
    const file = join(folder, 'package.tgz')
    create({ cwd: folder, file, gzip: true, portable: true, sync: true }, ['package'])
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
