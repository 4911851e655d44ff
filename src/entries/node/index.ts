/** `svc-mock/node`: mocks that answer inside this program, without a port. */
import type { OpenWorkspace } from '../../app/in-process/public.ts'
import { refuseOldNode } from './guard.ts'

export type * from '../../app/in-process/public.ts'

export const openWorkspace: OpenWorkspace = async (folder, options = {}) => {
  refuseOldNode()
  const [{ openMocks }, { tellUnmatched }] = await Promise.all([
    import('../../app/in-process/open.ts'),
    import('../../app/in-process/tell.ts'),
  ])
  return openMocks(folder, options, (call) => process.stderr.write(`${tellUnmatched(call)}\n`))
}
