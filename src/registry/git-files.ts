/**
 * Files of one commit, as the repository has them: nothing is checked out, so that neither attributes nor line endings nor
 * filters nor links of a repository do anything here. Submodules are not followed.
 */
import { spawn } from 'node:child_process'
import { SvcMockError } from '../core/errors.ts'
import type { GitAddress } from './address.ts'
import { FileCollector, type PackageFiles } from './package-files.ts'
import { type Git, gitEnvironment, gitFailed, gitIn, mustGit, withoutHooks } from './run-git.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface GitPlace {
  readonly cwd: string
  readonly env: Environment
}

/** A repository's addresses are its own; nothing in it may lead git to run a program as a way to fetch. */
const guarded = (env: Environment): Environment => ({ GIT_ALLOW_PROTOCOL: 'https:http:ssh:file', ...env })

const isCommit = (ref: string | undefined): ref is string =>
  ref !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)

/** The commit that the address means as of now. Rejects with PACKAGE_NOT_FOUND, GIT_FAILED. */
export const gitCommit = async ({ url, ref }: GitAddress, { cwd, env }: GitPlace): Promise<string> => {
  if (isCommit(ref)) return ref
  const git = gitIn(cwd, guarded(env))
  const listed = await mustGit(git, ['ls-remote', '--', url, ...wantedRefs(ref)], `${url} cannot be read`)
  const found = new Map(
    listed
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.split('\t')[1]!, line.split('\t')[0]!] as const),
  )
  // `^{}`: the commit that an annotated tag names. A branch stands before a tag of the same name, as with git fetch a tag does not move.
  const commit = wantedRefs(ref)
    .map((name) => found.get(name))
    .find((one) => one !== undefined)
  if (commit !== undefined) return commit
  throw new SvcMockError(
    'PACKAGE_NOT_FOUND',
    ref === undefined ? `${url} has no commit` : `${url} has no branch or tag ${ref}`,
    { hint: 'check what stands behind # in the address' },
  )
}

const wantedRefs = (ref: string | undefined): readonly string[] =>
  ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`]

/** One entry of a tree (git-ls-tree(1)). */
export interface TreeEntry {
  readonly mode: string
  readonly object: string
  readonly size: number
  readonly path: string
}

/** A commit that was fetched into a repository of its own, which is in `folder`, empty before. */
export class FetchedCommit {
  readonly entries: readonly TreeEntry[]
  readonly #folder: string
  readonly #env: Environment

  private constructor(folder: string, env: Environment, entries: readonly TreeEntry[]) {
    this.#folder = folder
    this.#env = env
    this.entries = entries
  }

  /** Rejects with PACKAGE_NOT_FOUND, GIT_FAILED. */
  static async fetch(
    { url }: Pick<GitAddress, 'url'>,
    commit: string,
    folder: string,
    env: Environment,
  ): Promise<FetchedCommit> {
    const git = gitIn(folder, guarded(env))
    await mustGit(git, ['init', '--quiet', '--bare', '.'], 'git init failed')
    await fetchInto(git, url, commit)
    const tree = await mustGit(
      git,
      ['ls-tree', '-r', '-l', '-z', '--full-tree', commit],
      `${url} cannot be read`,
    )
    return new FetchedCommit(folder, guarded(env), readTree(tree))
  }

  /** The bytes of files. `wants` is asked for each path; links among what is wanted are refused. */
  async files(shown: string, wants: (path: string) => boolean): Promise<PackageFiles> {
    const collector = new FileCollector(shown)
    const wanted = this.entries.filter(({ path }) => wants(path))
    for (const { mode, path, size } of wanted) {
      if (mode === '120000') throw collector.refusal(`${path} is a link`)
      if (mode === '160000') throw collector.refusal(`${path} is a submodule`)
      collector.expect(path, size)
    }
    const blobs = await this.#blobs(wanted.map(({ object }) => object))
    wanted.forEach(({ path }, i) => {
      collector.add(path, blobs[i]!)
    })
    return collector.files
  }

  /** git-cat-file(1), BATCH OUTPUT: `<object> blob <size>`, the bytes, a line break; in the order asked. */
  async #blobs(objects: readonly string[]): Promise<readonly Uint8Array[]> {
    if (objects.length === 0) return []
    const out = await this.#run(['cat-file', '--batch'], `${objects.join('\n')}\n`)
    let at = 0
    return objects.map((object) => {
      const end = out.indexOf(0x0a, at)
      const [name, kind, size] = out.subarray(at, end).toString('latin1').split(' ')
      if (name !== object || kind !== 'blob')
        throw new SvcMockError('GIT_FAILED', `git cat-file did not give ${object}`)
      const bytes = out.subarray(end + 1, end + 1 + Number(size))
      at = end + 1 + Number(size) + 1
      return bytes
    })
  }

  #run(args: readonly string[], input: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = spawn('git', [...withoutHooks, ...args], {
        cwd: this.#folder,
        env: gitEnvironment(this.#env),
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      const pieces: Buffer[] = []
      let said = ''
      child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      child.once('error', reject)
      child.once('close', (code) =>
        code === 0 ? resolve(Buffer.concat(pieces)) : reject(gitFailed(`git ${args[0]} failed`, said)),
      )
      // git may end before it has read all; its exit code says why.
      child.stdin.on('error', () => undefined).end(input)
    })
  }
}

/** One commit alone; where the server gives only what a branch or tag names, everything, and looks for the commit in it. */
const fetchInto = async (git: Git, url: string, commit: string): Promise<void> => {
  const alone = await git(['fetch', '--quiet', '--no-tags', '--depth', '1', '--', url, commit])
  if (alone.code === 0) return
  const all = ['fetch', '--quiet', '--', url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
  await mustGit(git, all, `${url} cannot be fetched`)
  if ((await git(['cat-file', '-e', `${commit}^{commit}`])).code === 0) return
  throw new SvcMockError('PACKAGE_NOT_FOUND', `${url} has no commit ${commit} any more`, {
    hint: 'its history was rewritten; take what is there now: svc-mock update',
  })
}

const readTree = (text: string): readonly TreeEntry[] =>
  text
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', , object = '', size] = line.slice(0, tab).split(/ +/)
      return { mode, object, size: size === '-' ? 0 : Number(size), path: line.slice(tab + 1) }
    })
