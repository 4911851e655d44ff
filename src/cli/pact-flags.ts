/** What flags of `svc-mock verify --pact` mean. The names are those of Pact's own tools. */
import { Flags } from '@oclif/core'
import { buildVersion, type StorePlace } from '../app/handover/view.ts'
import { brokerFromEnv } from '../app/pact/broker-env.ts'
import type { SourceWishes } from '../app/pact/pact-sources.ts'
import type { PublishWishes } from '../app/pact/verify-pact.ts'
import { SvcMockError } from '../core/errors.ts'

const pact = { dependsOn: ['provider'], helpGroup: 'PACT' }

/** Flags that mean a broker: without --pact its address is PACT_BROKER_BASE_URL. */
const brokerFlags = {
  'consumer-version-selector': Flags.string({
    ...pact,
    multiple: true,
    helpValue: '<json>',
    summary: 'which pacts of the broker: \'{"mainBranch": true}\'',
  }),
  'main-branch': Flags.boolean({ ...pact, summary: "pacts of the consumers' main branches" }),
  'matching-branch': Flags.boolean({
    ...pact,
    summary: 'pacts of the branch that is called like --provider-branch',
  }),
  'deployed-or-released': Flags.boolean({
    ...pact,
    summary: 'pacts of all versions that run in some environment',
  }),
  'enable-pending': Flags.boolean({
    ...pact,
    summary: 'pacts that this provider never kept do not fail',
  }),
  'include-wip-since': Flags.string({
    ...pact,
    helpValue: '<date>',
    summary: 'also pacts in progress since that day, 2026-11-21; they do not fail',
  }),
  'ignore-no-pacts': Flags.boolean({ ...pact, summary: 'no pact at all is no mistake' }),
}

/** For `static flags` of the command. */
export const pactFlags = {
  pact: Flags.string({
    ...pact,
    multiple: true,
    helpValue: '<file|folder|url>',
    summary: 'replay Pact files, or pacts of a Pact Broker, instead of mocks',
  }),
  'message-url': Flags.string({
    ...pact,
    helpValue: '<url>',
    summary: 'asked by POST for messages; default: --provider itself',
  }),
  'provider-tag': Flags.string({
    ...pact,
    multiple: true,
    helpValue: '<name>',
    summary: "tag of the provider's version",
  }),
  'build-url': Flags.string({ ...pact, helpValue: '<url>', summary: 'of this build, shown in the broker' }),
  ...brokerFlags,
}

export interface PactFlags {
  readonly pact?: readonly string[] | undefined
  readonly service?: string | undefined
  readonly consumer?: readonly string[] | undefined
  readonly 'message-url'?: string | undefined
  readonly 'provider-branch'?: string | undefined
  readonly 'provider-tag'?: readonly string[] | undefined
  readonly 'provider-version'?: string | undefined
  readonly 'build-url'?: string | undefined
  readonly 'consumer-version-selector'?: readonly string[] | undefined
  readonly branch?: readonly string[] | undefined
  readonly 'main-branch'?: boolean
  readonly 'matching-branch'?: boolean
  readonly 'deployed-or-released'?: boolean
  readonly 'enable-pending'?: boolean
  readonly 'include-wip-since'?: string | undefined
  readonly 'ignore-no-pacts'?: boolean
  readonly 'publish-results'?: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/** Whether pacts are meant, and not mocks. */
export const meansPacts = (flags: PactFlags): boolean =>
  flags.pact !== undefined ||
  [...Object.keys(brokerFlags), 'branch', 'publish-results'].some(
    (name) => ![undefined, false].includes(flags[name as keyof PactFlags] as never),
  )

/** Throws FLAG_INVALID. */
export const sourcesOf = (flags: PactFlags, env: Env, cwd: string): SourceWishes => {
  if (flags['matching-branch'] === true && flags['provider-branch'] === undefined)
    throw wrong('--matching-branch needs --provider-branch, whose name it matches')
  if (flags['include-wip-since'] !== undefined && !/^\d{4}-\d{2}-\d{2}/.test(flags['include-wip-since']))
    throw wrong(`--include-wip-since ${flags['include-wip-since']} is no day`, 'write 2026-11-21')
  const { url, credentials } = brokerFromEnv(env)
  const from = flags.pact ?? (url === undefined ? [] : [url])
  if (from.length === 0)
    throw wrong(
      'nothing says where the Pact Broker is',
      '--pact https://broker.example.com, or PACT_BROKER_BASE_URL; of a folder or git repository: --contracts',
    )
  return {
    from,
    cwd,
    service: flags.service,
    consumers: flags.consumer ?? [],
    broker: {
      credentials,
      selectors: [
        ...(flags['consumer-version-selector'] ?? []).map(selectorOf),
        ...(flags['main-branch'] === true ? [{ mainBranch: true }] : []),
        ...(flags['deployed-or-released'] === true ? [{ deployedOrReleased: true }] : []),
        ...(flags['matching-branch'] === true ? [{ matchingBranch: true }] : []),
        ...(flags.branch ?? []).map((branch) => ({ branch })),
      ],
      branch: flags['provider-branch'],
      tags: flags['provider-tag'] ?? [],
      pending: flags['enable-pending'] === true,
      wipSince: flags['include-wip-since'],
      noneIsFine: flags['ignore-no-pacts'] === true,
      timeoutMs: 30_000,
    },
  }
}

/** Rejects with FLAG_INVALID where nothing says which version was verified. */
export const publishWishes = async (
  flags: PactFlags,
  place: StorePlace,
): Promise<PublishWishes | undefined> =>
  flags['publish-results'] === true
    ? {
        version: await buildVersion({ version: flags['provider-version'], branch: undefined }, place),
        buildUrl: flags['build-url'],
      }
    : undefined

export const messageUrl = ({ 'message-url': text }: PactFlags): URL | undefined => {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw wrong(`--message-url ${text} is no address`, 'write http://127.0.0.1:8080/_pact/messages')
}

const selectorOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>
  } catch {
    // Told below.
  }
  throw wrong(`--consumer-version-selector ${text} is no object in JSON`, `write '{"mainBranch": true}'`)
}

const wrong = (message: string, hint?: string): SvcMockError =>
  new SvcMockError('FLAG_INVALID', message, hint === undefined ? {} : { hint })
