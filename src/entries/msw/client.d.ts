/** Types of the module that svc-mock/msw/vite makes: `/// <reference types="svc-mock/msw/client" />`. */
declare module 'virtual:svc-mock' {
  /** The mocks that the page was built with. A change of a mock file is taken into it, and keeps its state. */
  export const workspace: import('svc-mock/msw').MockedWorkspace
}
