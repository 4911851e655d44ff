/** Errors of masking, its key and `scan`. */
import type { ErrorEntry } from './entry.ts'

export const desensitizing = {
  SCAN_FOUND: {
    fault: 'check',
    summary: 'svc-mock scan found real identities or secrets, or what cannot be told from them.',
    hint: 'replace the values, name made-up ones under testAccounts of desensitize.yaml, or add an exception there with reason, owner and end; what was committed already must also be changed where it is valid',
  },
  SCAN_UNREADABLE: {
    fault: 'user',
    summary: 'svc-mock scan could not decode something, which may hold anything.',
    hint: 'store it as text, or add an exception of type unreadable to desensitize.yaml with reason, owner and end',
  },
  POLICY_INVALID: {
    fault: 'user',
    summary: 'desensitize.yaml has a mistake, so nothing it says is in force.',
    hint: 'fix the places listed above; docs/desensitize.md explains the file',
  },
  LEDGER_INVALID: {
    fault: 'check',
    summary:
      '.svc-mock/fakes.lock has lines that cannot be right: two values with one fake, two keys, or no entry at all.',
    hint: 'after a merge keep the lines of both sides; where two values got one fake, record one of them again',
  },
  MASK_KEY_MISSING: {
    fault: 'user',
    summary: 'Recording makes fakes with a key, and none was given, so nothing is written.',
    hint: 'set SVC_MOCK_MASK_KEY or SVC_MOCK_MASK_KEY_FILE, or say --key-file <file>; make one: svc-mock record --new-key <file>',
  },
  MASK_KEY_INVALID: {
    fault: 'user',
    summary:
      'The key for masking cannot be used: it is no key, others can read it, or a commit could take it along.',
    hint: 'keep 32 random bytes in hexadecimal in a file of your own, outside the repository, with rights 0600',
  },
  GIT_FAILED: {
    fault: 'environment',
    summary: 'git is needed for --staged and --history, and did not answer.',
    hint: 'run it inside a git work tree, with git installed',
  },
} as const satisfies Record<string, ErrorEntry>
