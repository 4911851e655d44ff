/** Both workspaces as handlers see them: that of a page, and that of a program. */
import { nearest } from '../../app/nearest.ts'
import { tenantNameHint, tenantNameProblem } from '../../core/tenant-name.ts'
import type { Engine } from '../../engine/engine.ts'
import type { HandlerOptions, MockedWorkspace } from './public.ts'

/** What we know of them, and others need not. */
interface Inside {
  readonly engine: Engine
  /** Of a page. */
  readonly services?: readonly string[]
  /** Of a program. */
  readonly running?: { services(): readonly { readonly name: string }[] }
}

/** Asked for each call, because a reload may make another one. Throws TypeError. */
export const engineOf = (workspace: MockedWorkspace): Engine => {
  const engine = (workspace as Partial<Inside> | undefined)?.engine
  if (typeof engine?.answer === 'function') return engine
  throw mistake(
    'the first argument is no workspace; pass what openWorkspace of svc-mock/node gives, or the workspace of virtual:svc-mock',
  )
}

/** Throws TypeError for options that mean nobody. */
export const checkOptions = (workspace: MockedWorkspace, { services, tenant }: HandlerOptions): void => {
  engineOf(workspace)
  const problem = tenant === undefined ? undefined : tenantNameProblem(tenant)
  if (problem !== undefined) throw mistake(`tenant: "${tenant}" ${problem}; ${tenantNameHint}`)
  const inside = workspace as Partial<Inside>
  const names = inside.services ?? inside.running?.services().map(({ name }) => name) ?? []
  for (const name of services ?? []) {
    if (names.includes(name)) continue
    const meant = nearest(name, names)
    const hint = meant === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean ${meant}?`
    throw mistake(`services: there is no service ${name} in svc-mock.yaml; ${hint}`)
  }
}

const mistake = (message: string): TypeError => new TypeError(`svc-mock/msw: ${message}`)
