/** Errors of contracts and those who verify them. */
import type { ErrorEntry } from './entry.ts'

export const contracts = {
  CONTRACT_INVALID: {
    fault: 'user',
    summary: 'A contract (an OpenAPI file, a proto file) cannot be read, or parts of it cannot be used.',
    hint: 'fix the places listed above; everything else was checked',
  },
  CONTRACT_MISSING: {
    fault: 'user',
    summary: 'No service has a contract, so there is nothing to verify mocks against.',
    hint: 'name one in svc-mock.yaml: services: { <name>: { contract: { openapi: ./<name>.yaml } } }',
  },
  CONSUMER_UNNAMED: {
    fault: 'user',
    summary: 'A contract belongs to a consumer, and nothing says who that is.',
    hint: 'write name: <name> at the top of svc-mock.yaml; of commands that take --name, say it there',
  },
  CONTRACT_NOT_WRITTEN: {
    fault: 'environment',
    summary: 'Contracts, or what is known of them, could not be written.',
    hint: "look at the reason in the message: rights of the folder, or a file that is somebody else's",
  },
  NO_CALLS_SEEN: {
    fault: 'environment',
    summary: 'The tests made no call to the provider that passed svc-mock, so nothing could be compared.',
    hint: 'let them call the URL in <SERVICE>_URL, or obey HTTP_PROXY; and check --provider and --service',
  },
  PROVIDER_UNREACHABLE: {
    fault: 'environment',
    summary: 'The real service that mocks are to be held against gives no reply.',
    hint: 'is it running? check --provider',
  },
} as const satisfies Record<string, ErrorEntry>
