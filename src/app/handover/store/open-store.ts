/** A store of contracts as a folder on this machine: the folder itself, or a shallow clone that is pushed back when it has changed. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { SvcMockError } from '../../../core/errors.ts'
import { type Git, gitFailed, gitIn, mustGit } from '../../../registry/run-git.ts'
import type { Target } from './target.ts'

export interface StorePlace {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

type Stored = Exclude<Target, { readonly kind: 'broker' }>

/** The folder is there until `work` has ended. Rejects with FLAG_INVALID, GIT_FAILED. */
export const readStore = async <T>(
  target: Stored,
  place: StorePlace,
  work: (folder: string) => T | Promise<T>,
): Promise<T> => {
  if (target.kind === 'git') return withClone(target, place, (clone) => work(clone.folder))
  if (statSync(target.folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new SvcMockError('FLAG_INVALID', `${target.shown} is no folder`, {
      hint: 'name the folder of contracts, or a git repository: file:///…, https://….git, git@host:path',
    })
  return work(target.folder)
}

/** How often a push is tried that others were faster than. */
const attempts = 10

/**
 * `change` is asked again, of a fresh state, when somebody else has pushed meanwhile, so what it does must not depend on how often.
 * Rejects with GIT_FAILED.
 */
export const changeStore = async <T>(
  target: Stored,
  message: string,
  place: StorePlace,
  change: (folder: string) => T | Promise<T>,
): Promise<T> => {
  if (target.kind === 'folder') {
    mkdirSync(target.folder, { recursive: true })
    return change(target.folder)
  }
  return withClone(target, place, async (clone) => {
    for (let attempt = 1; ; attempt++) {
      const result = await change(clone.folder)
      if (!(await clone.commit(message))) return result
      const refused = await clone.push()
      if (refused === undefined) return result
      if (attempt === attempts)
        throw new SvcMockError('GIT_FAILED', `${target.shown} did not take the commit: ${refused}`, {
          hint: 'is the branch protected? name another one behind #, as in …/contracts.git#contracts',
        })
      await later(Math.random() * 100 * attempt)
      await clone.renew()
    }
  })
}

const withClone = async <T>(
  target: Extract<Target, { readonly kind: 'git' }>,
  place: StorePlace,
  work: (clone: Clone) => T | Promise<T>,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-contracts-'))
  try {
    const branch = target.branch === undefined ? [] : ['--branch', target.branch]
    await mustGit(
      gitIn(place.cwd, place.env),
      ['clone', '--quiet', '--depth', '1', ...branch, '--', target.url, folder],
      `${target.shown} cannot be cloned`,
    )
    const git = gitIn(folder, place.env)
    const head = await mustGit(git, ['symbolic-ref', '--short', 'HEAD'], `${target.shown} has no branch`)
    return await work(new Clone(folder, head.trim(), git, target.shown, place))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class Clone {
  readonly folder: string
  readonly #branch: string
  readonly #git: Git
  readonly #shown: string
  readonly #place: StorePlace

  constructor(folder: string, branch: string, git: Git, shown: string, place: StorePlace) {
    this.folder = folder
    this.#branch = branch
    this.#git = git
    this.#shown = shown
    this.#place = place
  }

  /** False where nothing has changed. */
  async commit(message: string): Promise<boolean> {
    await mustGit(this.#git, ['add', '--all'], 'git add failed')
    if ((await this.#git(['diff', '--cached', '--quiet'])).code === 0) return false
    const { code, stderr } = await this.#git([...(await this.#author()), 'commit', '--quiet', '-m', message])
    if (code === 0) return true
    if (!/user\.(?:name|email)|identity/i.test(stderr)) throw gitFailed('git commit failed', stderr)
    throw new SvcMockError('GIT_FAILED', 'git does not know who commits', {
      hint: 'git config --global user.name <name>; git config --global user.email <address>; or GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL',
    })
  }

  /** What the repository we were called in says, as for any other commit made there. */
  async #author(): Promise<readonly string[]> {
    const git = gitIn(this.#place.cwd, this.#place.env)
    const settings = await Promise.all(
      ['user.name', 'user.email'].map(async (name) => [name, (await git(['config', name])).stdout.trim()]),
    )
    return settings.flatMap(([name, value]) => (value === '' ? [] : ['-c', `${name}=${value}`]))
  }

  /** Why the commit was not taken because of another one; undefined: it was. Throws GIT_FAILED for anything else. */
  async push(): Promise<string | undefined> {
    const { code, stdout, stderr } = await this.#git([
      'push',
      '--porcelain',
      'origin',
      `HEAD:refs/heads/${this.#branch}`,
    ])
    if (code === 0) return undefined
    // git-push(1), OUTPUT: a flag, the references, and in brackets why.
    const refused = /^!\t[^\t]*\t(.*)$/m.exec(stdout)?.[1]
    if (refused === undefined || /declined/.test(refused))
      throw gitFailed(`${this.#shown} cannot be pushed to`, refused === undefined ? stderr : refused)
    return refused
  }

  /** As it is there now. */
  async renew(): Promise<void> {
    await mustGit(
      this.#git,
      ['fetch', '--quiet', '--depth', '1', 'origin', this.#branch],
      `${this.#shown} cannot be fetched`,
    )
    await mustGit(this.#git, ['reset', '--quiet', '--hard', 'FETCH_HEAD'], 'git reset failed')
    await mustGit(this.#git, ['clean', '--quiet', '-ffdx'], 'git clean failed')
  }
}
