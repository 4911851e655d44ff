/** Errors of scripts, of templates, and of what they answer. */
import type { ErrorEntry } from './entry.ts'

export const scripts = {
  SCRIPT_ENGINE_MISSING: {
    fault: 'environment',
    summary: 'Scripts and expressions need the package isolated-vm, which could not be loaded.',
    hint: 'install it beside svc-mock: npm install isolated-vm; it has binaries for Linux, macOS and Windows',
  },
  SCRIPT_TIMEOUT: {
    fault: 'check',
    summary: 'A script ran too long without a pause, or had not settled in time.',
    hint: 'look at the place in the answer: an endless loop, or work that belongs into a file',
  },
  SCRIPT_MEMORY: {
    fault: 'check',
    summary: 'A script used more memory than its isolate may have.',
    hint: 'keep less in variables of the module, and return smaller answers',
  },
  SCRIPT_ERROR: {
    fault: 'check',
    summary: 'A script has a mistake, or threw an error.',
    hint: 'look at the place in the answer; docs/scripts.md says what scripts can use',
  },
  SCRIPT_BAD_RESULT: {
    fault: 'check',
    summary: 'A script returned something that is no response.',
    hint: 'return what response: of a mock file may hold: { status, headers, body }',
  },
  SCRIPT_ISOLATE_LOST: {
    fault: 'check',
    summary: 'The isolate in which a script ran died, and the script could not run again.',
    hint: 'send the call again; another script of the same library may have used too much memory',
  },
  MESSAGE_TOO_LARGE: {
    fault: 'user',
    summary: 'A message of a call is larger than the limit, so no mock can look at it.',
    hint: 'raise limits.message (one message) or limits.body (all of a call) in svc-mock.yaml',
  },
} as const satisfies Record<string, ErrorEntry>
