/** Errors of recording and importing. */
import type { ErrorEntry } from './entry.ts'

export const recording = {
  FIXTURE_VERSION_UNKNOWN: {
    fault: 'user',
    summary: 'Nothing said which version of the service had answered, so some calls were not recorded.',
    hint: 'say --version <service>=1.4.0, or write version: 1.4.0 for the service in svc-mock.yaml; a header of the reply may tell it too',
  },
  FIELDS_UNDECIDED: {
    fault: 'check',
    summary:
      'Under --strict something was recorded of which nothing is known and that desensitize.yaml does not decide about, so its operations were not written.',
    hint: 'add the lines listed above to desensitize.yaml; svc-mock record --learn proposes them as a diff',
  },
  IMPORT_INVALID: {
    fault: 'user',
    summary: 'What was to be imported could not be read.',
    hint: 'look at the place in the message; docs/import-export.md and docs/record.md say what can be imported',
  },
  PACT_INVALID: {
    fault: 'user',
    summary: 'A Pact file, or a part of it, could not be read.',
    hint: 'look at the place in the message; docs/pact.md says which versions are read',
  },
  BROKER_FAILED: {
    fault: 'environment',
    summary: 'The Pact Broker did not answer as one does.',
    hint: 'check its address and credentials; PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD',
  },
  RECORDING_LOST: {
    fault: 'environment',
    summary: 'Recording ended before everything was written.',
    hint: 'what was written is whole; record again what is missing, with a smaller --filter or more time',
  },
} as const satisfies Record<string, ErrorEntry>
