/** What `verify --passive` says before the tests run. All of it goes to stderr: stdout is for the tests, and the report. */
import type { ProxyEnv } from '../app/env/proxy-env.ts'
import type { Running } from '../app/running.ts'
import type { Output } from './output.ts'
import { renderProblems } from './render-problems.ts'

export const announcePassive = (out: Output, running: Running, env: ProxyEnv): (() => void) => {
  const style = out.errorStyle
  const problems = running.problems()
  if (problems.length > 0) out.log(renderProblems(problems, style))
  for (const entry of env.noProxy.dropped)
    out.log(style.yellow(`NO_PROXY: ${entry} is left out, because it would hide a host of a service`))
  for (const note of env.notes) out.warn(style.yellow(note))
  const urls = Object.entries(env.variables).filter(([name]) => /^[A-Z0-9_]+_URL$/.test(name))
  for (const [name, url] of urls) out.log(style.dim(`${name}=${url}`))
  return () => undefined
}
