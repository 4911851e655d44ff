/** Both workspaces as handlers see them: that of a page, and that of a program. */
import type { Engine } from '../../engine/engine.ts'
import type { MockedWorkspace } from './public.ts'

/** Asked for each call, because a reload may make another one. Throws TypeError. */
export const engineOf = (workspace: MockedWorkspace): Engine => {
  const engine = (workspace as Partial<Record<'engine', Engine>> | undefined)?.engine
  if (typeof engine?.answer === 'function') return engine
  throw new TypeError(
    'svc-mock/msw: the first argument is no workspace; pass what openWorkspace of svc-mock/node gives, or the workspace of virtual:svc-mock',
  )
}
