/** docs/ci.md: its pipelines are what the CI systems understand, and what they run does what the page says. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build as bundle } from 'esbuild'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../support/spawn-workspace.ts'
import { freePort } from '../support/upstream.ts'
import { type Job, jobsOf, pipelineText, type Role, type System } from './pipelines.ts'
import { commit, consumerFiles, git, providerFiles, repository, store, toolsPath } from './sample-projects.ts'

const systems: readonly System[] = ['GitHub Actions', 'GitLab CI', 'Jenkins']
const roles: readonly Role[] = ['Consumer', 'Provider']

/** The shell of each system. */
const shells: Readonly<Record<System, readonly [string, ...string[]]>> = {
  'GitHub Actions': ['bash', '-e', '-c'],
  'GitLab CI': ['bash', '-eo', 'pipefail', '-c'],
  Jenkins: ['sh', '-xe', '-c'],
}

/** What each tells of a build of `main`. */
const told = (system: System, sha: string): Readonly<Record<string, string>> => {
  if (system === 'GitHub Actions')
    return { GITHUB_ACTIONS: 'true', GITHUB_SHA: sha, GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' }
  if (system === 'GitLab CI') return { GITLAB_CI: 'true', CI_COMMIT_SHA: sha, CI_COMMIT_BRANCH: 'main' }
  return { JENKINS_URL: 'http://ci.example.com', GIT_COMMIT: sha, BRANCH_NAME: 'main' }
}

const proxies = /^(?:https?|all|no|grpc)_proxy$|^GITHUB_|^CI_|^GIT_/i

class Build {
  readonly #system: System
  readonly #env: Readonly<Record<string, string | undefined>>

  constructor(system: System, env: Readonly<Record<string, string>>) {
    this.#system = system
    const clean = Object.entries(process.env).filter(([name]) => !proxies.test(name))
    this.#env = { ...Object.fromEntries(clean), NO_COLOR: '1', NODE_OPTIONS: '', ...env }
  }

  /** As the system does: on no branch, one script after the other until one fails. */
  async job(
    folder: string,
    role: Role,
    name: string,
  ): Promise<{ readonly code: number; readonly said: string }> {
    const job = jobsOf(this.#system, role).find((one) => one.name === name)
    if (job === undefined) throw new Error(`there is no job ${name}`)
    git(folder, 'checkout', '--quiet', '--detach')
    const sha = git(folder, 'rev-parse', 'HEAD')
    let said = ''
    for (const script of job.scripts) {
      const done = await this.#run(script, folder, job, sha)
      said += done.said
      if (done.code !== 0) return { code: done.code, said }
    }
    return { code: 0, said }
  }

  async #run(script: string, cwd: string, job: Job, sha: string) {
    const [shell, ...args] = shells[this.#system]
    const env = { ...job.env, ...this.#env, ...told(this.#system, sha) }
    const child = spawn(shell, [...args, script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? -1, said }
  }
}

describe.each(systems)('the pipelines for %s', (system) => {
  const test =
    system === 'GitHub Actions'
      ? { Consumer: 'test', Provider: 'verify' }
      : { Consumer: 'contracts', Provider: 'contracts' }

  it('lead a contract from the consumer to production', { timeout: 120_000 }, async () => {
    const contracts = store()
    const build = new Build(system, {
      PATH: toolsPath(),
      CONTRACTS: contracts,
      PORT: String(await freePort()),
    })
    const good = async (folder: string, role: Role, name: string): Promise<string> => {
      const { code, said } = await build.job(folder, role, name)
      expect(`${code}\n${said}`).toMatch(/^0\n/)
      return said
    }
    const consumer = repository(consumerFiles)
    // The contract that the tests make is not committed yet.
    const first = await build.job(consumer, 'Consumer', test.Consumer)
    expect(first.code).not.toBe(0)
    expect(first.said).toContain('+++ b/contracts/orders/shop.yaml')
    commit(consumer)
    await good(consumer, 'Consumer', test.Consumer)
    for (const file of ['spec.xml', ...(system === 'GitLab CI' ? ['codequality.json'] : ['spec.sarif'])])
      expect(existsSync(join(consumer, 'reports', file))).toBe(true)

    // Nobody knows the environment yet: the provider's first version is told by hand, as the page says.
    const provider = repository(providerFiles())
    await good(provider, 'Provider', test.Provider)
    expect(readFileSync(join(provider, 'reports/contracts.xml'), 'utf8')).toContain('order is found')
    const byHand = jobsOf(system, 'Provider')
      .find(({ name }) => name === 'deploy')!
      .scripts.join('\n')
    const deployed = /npx svc-mock contract deployed .*/.exec(byHand)![0]
    const done = spawnSync('sh', ['-c', deployed], {
      cwd: provider,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: toolsPath(),
        CONTRACTS: contracts,
        GIT_AUTHOR_NAME: 'ci',
        GIT_AUTHOR_EMAIL: 'ci@example.com',
        GIT_COMMITTER_NAME: 'ci',
        GIT_COMMITTER_EMAIL: 'ci@example.com',
      },
    })
    expect([done.status, done.stderr]).toEqual([0, ''])

    expect(await good(consumer, 'Consumer', 'deploy')).toContain('runs in production')
    expect(existsSync(join(consumer, 'deployed.txt'))).toBe(true)
    await good(provider, 'Provider', 'deploy')

    // A provider that drifted fails, says where, and may not go where the consumer runs.
    for (const [name, text] of Object.entries(providerFiles(true))) writeFileSync(join(provider, name), text)
    commit(provider)
    const drifted = await build.job(provider, 'Provider', test.Provider)
    expect(drifted.code).toBe(1)
    expect(drifted.said).toContain('response.body.state')
    if (system === 'GitHub Actions') expect(drifted.said).toContain('::error ')
    rmSync(join(provider, 'deployed.txt'), { force: true })
    const refused = await build.job(provider, 'Provider', 'deploy')
    expect(refused.code).toBe(1)
    expect(existsSync(join(provider, 'deployed.txt'))).toBe(false)
  })
})

/** GitHub's own parser. It imports JSON in a way that only bundlers understand. */
const workflowParser = async (): Promise<typeof import('@actions/workflow-parser')> => {
  const outfile = join(makeFolder(), 'parser.mjs')
  const contents = "export * from '@actions/workflow-parser'"
  const resolveDir = import.meta.dirname
  await bundle({ stdin: { contents, resolveDir }, outfile, bundle: true, platform: 'node', format: 'esm' })
  return import(pathToFileURL(outfile).href)
}

it('GitHub understands its workflows', async () => {
  const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await workflowParser()
  const parse = (content: string) =>
    parseWorkflow({ name: 'contracts.yml', content }, new NoOperationTraceWriter())
  for (const role of roles) {
    const content = pipelineText('GitHub Actions', role)
    const { context, value } = parse(content)
    expect(context.errors.getErrors().map(String)).toEqual([])
    const template = await convertWorkflowTemplate(context, value!)
    expect(template.errors ?? []).toEqual([])
    expect(template.jobs.map(({ id }) => id.toString())).toEqual([
      role === 'Consumer' ? 'test' : 'verify',
      'deploy',
    ])
    expect(parse(content.replace('runs-on', 'run-on')).context.errors.getErrors()).not.toEqual([])
  }
})

/** Keywords of docs.gitlab.com/ci/yaml that a pipeline of ours may use. */
const gitlab = {
  top: ['stages', 'default', 'variables', 'workflow', 'include'],
  default: [
    'image',
    'cache',
    'before_script',
    'after_script',
    'artifacts',
    'services',
    'tags',
    'retry',
    'timeout',
    'interruptible',
  ],
  job: [
    'stage',
    'script',
    'before_script',
    'after_script',
    'artifacts',
    'rules',
    'needs',
    'image',
    'cache',
    'variables',
    'environment',
    'services',
    'allow_failure',
    'when',
    'tags',
    'retry',
    'timeout',
  ],
  artifacts: ['paths', 'exclude', 'expire_in', 'expose_as', 'name', 'untracked', 'when', 'reports', 'access'],
  reports: [
    'junit',
    'codequality',
    'dotenv',
    'coverage_report',
    'sast',
    'metrics',
    'terraform',
    'accessibility',
  ],
  cache: ['key', 'paths', 'policy', 'when', 'untracked', 'unprotect', 'fallback_keys'],
  rules: ['if', 'changes', 'exists', 'when', 'allow_failure', 'needs', 'variables', 'interruptible'],
} as const

it('GitLab understands its pipelines', () => {
  const known = (value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> => {
    const fields = (value ?? {}) as Readonly<Record<string, unknown>>
    expect(keys).toEqual(expect.arrayContaining(Object.keys(fields)))
    return fields
  }
  for (const role of roles) {
    const {
      stages,
      default: common,
      variables,
      ...jobs
    } = load(pipelineText('GitLab CI', role)) as Record<string, unknown>
    const defaults = known(common, gitlab.default)
    known(defaults['cache'], gitlab.cache)
    expect(Object.values(variables as object).every((value) => typeof value === 'string')).toBe(true)
    for (const [name, value] of Object.entries(jobs)) {
      expect(gitlab.top).not.toContain(name)
      const job = known(value, gitlab.job)
      expect(stages).toContain(job['stage'])
      for (const line of job['script'] as readonly unknown[]) expect(typeof line).toBe('string')
      const { reports } = known(job['artifacts'], gitlab.artifacts) as { readonly reports?: unknown }
      known(reports, gitlab.reports)
      for (const rule of (job['rules'] ?? []) as readonly unknown[]) known(rule, gitlab.rules)
    }
  }
})

/** Sections and steps of a declarative pipeline (jenkins.io/doc/book/pipeline/syntax), and steps of the plugins that are named. */
const jenkins = new Set(
  'pipeline agent docker environment stages stage steps when post always branch not triggeredBy triggers cron sh junit recordIssues image args credentials sarif'.split(
    ' ',
  ),
)

it('Jenkins understands its pipelines', () => {
  for (const role of roles) {
    const text = pipelineText('Jenkins', role).replace(/'''[\s\S]*?'''|'(?:[^'\\\n]|\\.)*'/g, "''")
    const open: string[] = []
    for (const sign of text.match(/[{}()[\]]/g)!) {
      if ('{(['.includes(sign)) open.push(sign)
      else expect(open.pop()).toBe({ '}': '{', ')': '(', ']': '[' }[sign])
    }
    expect(open).toEqual([])
    const words = [...text.matchAll(/^\s*(\w+)(?=\s*(?:\{|\(|''))|\b(\w+)\(/gm)].map(
      ([, first, second]) => first ?? second!,
    )
    expect(words.filter((word) => !jenkins.has(word))).toEqual([])
    for (const section of ['agent', 'stages', 'post'])
      expect(text).toMatch(new RegExp(`^ {2}${section} \\{`, 'm'))
  }
})
