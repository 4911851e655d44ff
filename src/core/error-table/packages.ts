/** Errors of mock packages: what others publish and a workspace uses. */
import type { ErrorEntry } from './entry.ts'

export const packages = {
  PACK_IMPOSSIBLE: {
    fault: 'user',
    summary: 'The workspace cannot be made into a mock package.',
    hint: 'correct what is named above; svc-mock pack --dry-run tries it without writing anything',
  },
  PACK_REFUSED: {
    fault: 'check',
    summary: 'The mocks were not packed, because they do not keep the contracts that svc-mock.yaml names.',
    hint: 'correct the mocks, or say contract: false where one must differ; svc-mock verify --spec shows them again',
  },
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
  PACKAGE_NOT_FOUND: {
    fault: 'user',
    summary: 'The registry or repository has no such package, version, branch or commit.',
    hint: 'check the address; a private package wants you logged in: npm login',
  },
  PACKAGE_INTEGRITY: {
    fault: 'environment',
    summary: 'What came is not what svc-mock.lock says it must be: somebody replaced it.',
    hint: 'ask those who publish it; if the change is meant: svc-mock update <name>',
  },
  PACKAGE_NOT_INSTALLED: {
    fault: 'user',
    summary: 'svc-mock.yaml names a mock package that is not installed here.',
    hint: 'install it: svc-mock install',
  },
  PACKAGE_CONFLICT: {
    fault: 'user',
    summary:
      'Two mock packages hold the same version of the same service, so that nobody could tell which one answers.',
    hint: 'remove one of them: svc-mock remove <name>',
  },
  PACKAGE_NOT_WRITTEN: {
    fault: 'environment',
    summary: 'Mock packages, or the files that name them, could not be written.',
    hint: 'look at the reason in the message: rights of the folder, space on the disk',
  },
  LOCK_INVALID: {
    fault: 'user',
    summary: 'svc-mock.lock cannot be read, or does not fit svc-mock.yaml.',
    hint: 'restore it from git, or delete it and say svc-mock install',
  },
  REGISTRY_FAILED: {
    fault: 'environment',
    summary: 'The npm registry cannot be reached, or refuses.',
    hint: 'check the network and npm config get registry; what is installed works without it',
  },
} as const satisfies Record<string, ErrorEntry>
