/** Flags of `svc-mock verify`. Each way of verifying (`ways.ts`) reads those that it knows, and refuses those it cannot heed. */
import { Flags, type Interfaces } from '@oclif/core'
import type { BaseCommand } from '../command.ts'
import { reportFlags } from '../contract-report.ts'
import { contractsFlags } from '../contracts-flags.ts'
import { pactFlags } from '../pact-flags.ts'

const provider = { dependsOn: ['provider'], helpGroup: 'PROVIDER' }
/** What consumers handed over, as contracts or as Pact files. */
const handed = { dependsOn: ['provider'], helpGroup: 'CONTRACTS AND PACT' }

const handedFlags = {
  branch: Flags.string({
    ...handed,
    multiple: true,
    helpValue: '<name>',
    summary:
      'of this branch of the consumers; default for --contracts: main or master, and all that run somewhere',
  }),
  consumer: Flags.string({
    ...handed,
    multiple: true,
    helpValue: '<name>',
    summary: 'only what this consumer expects',
  }),
  'publish-results': Flags.boolean({
    ...handed,
    summary: 'tell the store or the broker what came of it, for can-i-deploy',
  }),
  'provider-branch': Flags.string({
    ...handed,
    helpValue: '<name>',
    summary: 'branch of the provider; default with --contracts: as git or CI say',
  }),
  'provider-version': Flags.string({
    ...handed,
    helpValue: '<version>',
    summary: 'version of the provider, for --publish-results; default: the commit',
  }),
}

export const verifyFlags = {
  'allow-remote-refs': Flags.boolean({ summary: 'fetch what contracts refer to on other machines' }),
  passive: Flags.boolean({
    exclusive: ['spec'],
    summary: 'against what the real service answers its own tests: verify --passive -- npm test',
  }),
  provider: Flags.string({
    exclusive: ['spec'],
    helpValue: '<url>',
    summary: 'against a real service that runs there',
  }),
  service: Flags.string({
    helpValue: '<name>',
    summary: 'only the mocks of this service; with --pact: the provider, as pacts name it',
  }),
  spec: Flags.boolean({ summary: 'against OpenAPI files and definitions' }),
  version: Flags.string({
    exclusive: ['spec'],
    helpGroup: 'PROVIDER',
    helpValue: '<range>',
    summary: 'only mocks of these versions: ^1.4',
  }),
  header: Flags.string({
    ...provider,
    multiple: true,
    helpValue: "<'name: value'>",
    summary: 'sent with each call; also from SVC_MOCK_VERIFY_HEADERS, a line each',
  }),
  'state-url': Flags.string({
    ...provider,
    helpValue: '<url>',
    exclusive: ['state-command'],
    summary: 'asked by POST to bring the service into a state, as Pact does',
  }),
  'state-command': Flags.string({
    ...provider,
    helpValue: '<command>',
    summary: 'run to bring the service into the state in SVC_MOCK_STATE',
  }),
  unsafe: Flags.boolean({
    ...provider,
    summary: 'send calls that change something even if no state is named',
  }),
  idempotent: Flags.boolean({ ...provider, summary: 'send what may be sent twice twice, and compare' }),
  values: Flags.string({
    ...provider,
    helpValue: '<file>',
    summary: 'real values for fakes, a map; outside of the workspace',
  }),
  baseline: Flags.string({
    exclusive: ['spec'],
    helpGroup: 'PROVIDER',
    helpValue: '<file>',
    summary: 'known violations, which do not fail; made if it is not there, afterwards it only shrinks',
  }),
  concurrency: Flags.integer({
    ...provider,
    min: 1,
    max: 256,
    summary: 'calls at the same time; default 8',
  }),
  timeout: Flags.string({ ...provider, helpValue: '<duration>', summary: 'for one call; default 10s' }),
  retries: Flags.integer({
    ...provider,
    min: 0,
    max: 10,
    summary: 'after connections that broke; default 2',
  }),
  'fail-fast': Flags.boolean({ ...provider, summary: 'end with the first violation' }),
  ...handedFlags,
  ...contractsFlags,
  ...pactFlags,
  ...reportFlags,
}

export type VerifyFlags = Interfaces.InferredFlags<typeof verifyFlags & typeof BaseCommand.baseFlags>
