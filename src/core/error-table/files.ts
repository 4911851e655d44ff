/** Errors of files that people write. */
import type { ErrorEntry } from './entry.ts'

export const files = {
  CONFIG_INVALID: {
    fault: 'user',
    summary: 'svc-mock.yaml, a flag or an environment variable has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  CONFIG_NOT_FOUND: {
    fault: 'user',
    summary: 'There is no svc-mock.yaml here or in any folder above.',
    hint: 'make a workspace: svc-mock init',
  },
  FIXTURE_INVALID: {
    fault: 'user',
    summary: 'A file of recorded messages has a mistake.',
    hint: 'fix the places listed above',
  },
  MOCK_FILE_INVALID: {
    fault: 'user',
    summary: 'A mock file has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  OVERRIDE_DEAD: {
    fault: 'user',
    summary: 'A mock is extended or disabled by a name that no mock has any more.',
    hint: 'svc-mock list shows the names there are; correct the name, or remove what named it',
  },
  DEFINITION_INVALID: {
    fault: 'user',
    summary:
      'An interface definition (a proto file, a descriptor set, or what the real service told) has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  DRILL_INVALID: {
    fault: 'user',
    summary: 'A file in drills/ has a mistake.',
    hint: 'fix the places listed above; svc-mock check shows them again',
  },
  TYPES_STALE: {
    fault: 'check',
    summary: 'The types of the library are not those of the mocks any more.',
    hint: 'make them again: svc-mock types --out <file>',
  },
  NOT_YET_SUPPORTED: {
    fault: 'user',
    summary: 'This version of svc-mock knows the setting, but cannot do it yet.',
    hint: 'remove it, or use a newer version',
  },
  CHECK_FAILED: {
    fault: 'check',
    summary: 'svc-mock check found mistakes.',
    hint: 'fix the places listed above',
  },
} as const satisfies Record<string, ErrorEntry>
