/** What the module that svc-mock/msw/vite makes for a page imports. */
import { PageWorkspace } from './page-workspace.ts'

export type { PageCode, PageData } from './page-data.ts'
export { PageWorkspace } from './page-workspace.ts'

export const newPage = (): PageWorkspace => new PageWorkspace()
