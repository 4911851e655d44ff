/** The pipelines of docs/ci.md: what they run, as the CI systems would. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'

export type System = 'GitHub Actions' | 'GitLab CI' | 'Jenkins'
export type Role = 'Consumer' | 'Provider'

export interface Job {
  readonly name: string
  /** Each is a shell of its own. */
  readonly scripts: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const page = readFileSync(fileURLToPath(new URL('../../docs/ci.md', import.meta.url)), 'utf8')

/** The code under `## <system>`, `### <role>`. */
export const pipelineText = (system: System, role: Role): string => {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${system}\n`))!
  const part = section.split(/^### /m).find((text) => text.startsWith(`${role}\n`))!
  return /```\w+\n([\s\S]*?)```/.exec(part)![1]!
}

type Fields = Readonly<Record<string, unknown>>

const texts = (fields: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries((fields ?? {}) as Fields).map(([name, value]) => [name, String(value)]))

export const jobsOf = (system: System, role: Role): readonly Job[] => {
  const text = pipelineText(system, role)
  if (system === 'Jenkins') return jenkinsJobs(text)
  const document = load(text) as Fields
  return system === 'GitHub Actions' ? githubJobs(document) : gitlabJobs(document)
}

const githubJobs = ({ jobs, env }: Fields): readonly Job[] =>
  Object.entries(jobs as Record<string, { steps: readonly { run?: string }[] }>).map(([name, { steps }]) => ({
    name,
    env: texts(env),
    scripts: steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  }))

/** before_script and script are lines of one shell. */
const gitlabJobs = ({ stages: _stages, default: common, variables, ...jobs }: Fields): readonly Job[] =>
  Object.entries(jobs as Record<string, { script: readonly string[] }>).map(([name, { script }]) => ({
    name,
    env: texts(variables),
    scripts: [[...((common as Fields)['before_script'] as readonly string[]), ...script].join('\n')],
  }))

const jenkinsJobs = (text: string): readonly Job[] => {
  const block = /environment \{\n([\s\S]*?)\n {2}\}/.exec(text)![1]!
  const env = Object.fromEntries(
    [...block.matchAll(/(\w+) = (?:'([^']*)'|credentials\('[^']*'\))/g)].map(([, name, value]) => [
      name!,
      value ?? '',
    ]),
  )
  const stages = text.split(/stage\('/).slice(1)
  const all = stages.map((stage) => ({
    name: stage.slice(0, stage.indexOf("'")),
    env,
    scripts: [...stage.matchAll(/\bsh (?:'''([\s\S]*?)'''|'((?:[^'\\\n]|\\.)*)')/g)].map(([, long, short]) =>
      groovyText(long ?? short!),
    ),
  }))
  // One workspace: installed once, before both.
  const install = all.find(({ name }) => name === 'install')!
  return all.flatMap((job) =>
    job === install ? [] : [{ ...job, scripts: [...install.scripts, ...job.scripts] }],
  )
}

/** A backslash at the end of a line joins lines in Groovy already; before anything else it is told twice. */
const groovyText = (text: string): string => text.replace(/\\\n/g, '').replace(/\\(['"\\$])/g, '$1')
