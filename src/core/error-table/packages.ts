/** Errors of mock packages: what others publish and a workspace uses. */
import type { ErrorEntry } from './entry.ts'

export const packages = {
  PACKAGE_INVALID: {
    fault: 'user',
    summary: 'What an address names is no mock package, or holds something that a mock package may not hold.',
    hint: 'tell those who publish it; nothing of it was installed',
  },
  PACKAGE_TOO_NEW: {
    fault: 'user',
    summary: 'The mock package was made by a newer svc-mock, whose form this one does not know.',
    hint: 'use a newer svc-mock, or an older version of the package',
  },
} as const satisfies Record<string, ErrorEntry>
