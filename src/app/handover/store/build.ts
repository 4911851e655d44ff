/** Which version is being built: told by flags, by the environment, by git, and where git is on no branch by the CI system. */
import { SvcMockError } from '../../../core/errors.ts'
import { gitIn } from '../../../registry/run-git.ts'
import type { StorePlace } from './open-store.ts'

export interface BuildWishes {
  readonly version: string | undefined
  readonly branch: string | undefined
}

type Environment = StorePlace['env']

/** Pull requests are built on a commit of their own: the branch they come from stands elsewhere. */
const branchOf = (env: Environment): string | undefined =>
  first(
    env['GITHUB_HEAD_REF'],
    env['GITHUB_REF_TYPE'] === 'branch' ? env['GITHUB_REF_NAME'] : undefined,
    env['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'],
    env['CI_COMMIT_BRANCH'],
    env['CHANGE_BRANCH'],
    env['BRANCH_NAME'],
    env['GIT_BRANCH']?.replace(/^origin\//, ''),
    env['BITBUCKET_BRANCH'],
    env['CIRCLE_BRANCH'],
    env['BUILDKITE_BRANCH'],
    env['SYSTEM_PULLREQUEST_SOURCEBRANCH']?.replace(/^refs\/heads\//, ''),
    env['BUILD_SOURCEBRANCH']?.match(/^refs\/heads\/(.+)/)?.[1],
  )

const versionOf = (env: Environment): string | undefined =>
  first(
    env['GITHUB_SHA'],
    env['CI_COMMIT_SHA'],
    env['GIT_COMMIT'],
    env['BITBUCKET_COMMIT'],
    env['CIRCLE_SHA1'],
    env['BUILDKITE_COMMIT'],
    env['BUILD_SOURCEVERSION'],
  )

const first = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.find((text) => text !== undefined && text !== '')

/** `--version`, SVC_MOCK_VERSION, HEAD, the CI system. Rejects with FLAG_INVALID. */
export const buildVersion = async ({ version }: BuildWishes, place: StorePlace): Promise<string> => {
  const found =
    first(version, place.env['SVC_MOCK_VERSION']) ??
    first(await git(place, ['rev-parse', '--verify', 'HEAD']), versionOf(place.env))
  if (found !== undefined) return found
  throw new SvcMockError('FLAG_INVALID', 'nothing says which version this is', {
    hint: 'run it in a git work tree with a commit, or say which: a flag or SVC_MOCK_VERSION',
  })
}

/** `--branch`, SVC_MOCK_BRANCH, the branch that git is on, the CI system; undefined: nobody says. */
export const buildBranch = async (
  { branch }: Pick<BuildWishes, 'branch'>,
  place: StorePlace,
): Promise<string | undefined> =>
  first(branch, place.env['SVC_MOCK_BRANCH']) ??
  first(await git(place, ['symbolic-ref', '--quiet', '--short', 'HEAD']), branchOf(place.env))

const git = async ({ cwd, env }: StorePlace, args: readonly string[]): Promise<string | undefined> => {
  try {
    const { code, stdout } = await gitIn(cwd, env)(args)
    return code === 0 ? stdout.trim() : undefined
  } catch (error) {
    // Without git the others may know.
    if (error instanceof SvcMockError) return undefined
    throw error
  }
}
