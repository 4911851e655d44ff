/** Errors of mocks that answer inside another program. */
import type { ErrorEntry } from './entry.ts'

export const inProcess = {
  OPTION_INVALID: {
    fault: 'user',
    summary: 'An option that was given to a function of svc-mock is wrong.',
    hint: 'see docs/in-process.md',
  },
  NOT_IN_PROCESS: {
    fault: 'user',
    summary: 'Something of the workspace cannot be done inside another program.',
    hint: 'use the proxy for it: svc-mock run -- <command>',
  },
} as const satisfies Record<string, ErrorEntry>
