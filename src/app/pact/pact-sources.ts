/** The pacts that are to be verified: from files, folders, a Pact Broker, or a pact's own address there. */
import { resolve } from 'node:path'
import {
  type ConsumerVersionSelector,
  PactBroker,
  type PactToVerify,
} from '../../contract/formats/pact/broker/broker.ts'
import { type BrokerCredentials, shownUrl } from '../../contract/formats/pact/broker/hal.ts'
import { type JsonPath, type PactFile, readPactFile } from '../../contract/formats/pact/file/pact-file.ts'
import type { RuleTools } from '../../contract/formats/pact/rules/rule.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import { pactFiles, readPact } from './read-pact.ts'

export interface BrokerWishes {
  readonly credentials: BrokerCredentials | undefined
  readonly selectors: readonly ConsumerVersionSelector[]
  /** Of the provider's version. */
  readonly branch: string | undefined
  readonly tags: readonly string[]
  readonly pending: boolean
  readonly wipSince: string | undefined
  /** No pact at all is no mistake. */
  readonly noneIsFine: boolean
  readonly timeoutMs: number
}

export interface SourceWishes {
  /** Files, folders and addresses. */
  readonly from: readonly string[]
  readonly cwd: string
  /** Whose pacts, as they name the provider; undefined: the only one there is. */
  readonly service: string | undefined
  /** Only theirs; none: all. */
  readonly consumers: readonly string[]
  readonly broker: BrokerWishes
}

export interface GivenPact {
  readonly pact: PactFile
  /** A failure does not fail the build. */
  readonly pending: boolean
  readonly origin: { readonly broker: PactBroker; readonly pact: PactToVerify } | undefined
  at(path: JsonPath): SourceLocation
}

export interface GivenPacts {
  readonly provider: string
  readonly pacts: readonly GivenPact[]
  /** Pacts of other providers and consumers, by reason. */
  readonly left: Readonly<Record<string, number>>
  readonly problems: readonly Problem[]
}

export const isAddress = (text: string): boolean => /^https?:\/\//i.test(text)

/** Rejects with PACT_INVALID, BROKER_FAILED where the broker itself fails, and FLAG_INVALID where it is not clear whose pacts. */
export const gatherPacts = async (wishes: SourceWishes, tools: RuleTools): Promise<GivenPacts> => {
  const pacts: GivenPact[] = []
  const problems: Problem[] = []
  for (const source of wishes.from) {
    const found = isAddress(source)
      ? await fromAddress(source, wishes, tools)
      : fromFiles(resolve(wishes.cwd, source), wishes.cwd, tools)
    pacts.push(...found.pacts)
    problems.push(...found.problems)
  }
  const provider = providerOf(pacts, wishes.service)
  const left: Record<string, number> = {}
  const leave = (reason: string): false => {
    left[reason] = (left[reason] ?? 0) + 1
    return false
  }
  const wanted = pacts.filter(({ pact }) => {
    if (plain(pact.provider) !== plain(provider)) return leave('pact of another provider')
    const known =
      wishes.consumers.length === 0 || wishes.consumers.some((name) => plain(name) === plain(pact.consumer))
    return known || leave('pact of another consumer')
  })
  return { provider, pacts: wanted, left, problems }
}

interface Found {
  readonly pacts: readonly GivenPact[]
  readonly problems: readonly Problem[]
}

const fromFiles = (path: string, cwd: string, tools: RuleTools): Found => {
  const read = pactFiles(path).map((file) => readPact(file, cwd, tools))
  return {
    pacts: read.flatMap(({ pact, at }) =>
      pact === undefined || pact.interactions.length === 0
        ? []
        : [{ pact, pending: false, origin: undefined, at }],
    ),
    problems: read.flatMap(({ problems }) => problems),
  }
}

const fromAddress = async (
  url: string,
  { broker: wishes, service }: SourceWishes,
  tools: RuleTools,
): Promise<Found> => {
  const { credentials, timeoutMs } = wishes
  const broker = new PactBroker({ url, credentials, fetch, timeoutMs })
  const one = await broker.pactAtAddress()
  if (one !== undefined) return given(broker, one, tools)
  if (service === undefined)
    throw new SvcMockError('FLAG_INVALID', 'a Pact Broker has to be told whose pacts are wanted', {
      hint: '--service <name of the provider, as the broker has it>',
    })
  const references = await broker.pactsFor({ provider: service, ...wishes })
  if (references.length === 0 && !wishes.noneIsFine)
    throw new SvcMockError(
      'BROKER_FAILED',
      `${broker.url} has no pact of ${JSON.stringify(service)} that the selectors choose`,
      { hint: 'look at the selectors; if there may be none yet: --ignore-no-pacts' },
    )
  const found: Found[] = []
  for (const reference of references) {
    try {
      found.push(given(broker, await broker.fetch(reference), tools))
    } catch (error) {
      if (!(error instanceof SvcMockError)) throw error
      const at = { file: shownUrl(reference.url), line: 1, column: 1 }
      const { code, message, hint } = error
      found.push({ pacts: [], problems: [{ severity: 'error', code, at, message, hint }] })
    }
  }
  return { pacts: found.flatMap(({ pacts }) => pacts), problems: found.flatMap(({ problems }) => problems) }
}

/** A pact of a broker has no lines that anybody sees. */
const given = (broker: PactBroker, pact: PactToVerify, tools: RuleTools): Found => {
  const at = { file: shownUrl(pact.url), line: 1, column: 1 }
  const read = readPactFile(pact.content, tools)
  const problems = read.problems.map(({ path, message, hint }): Problem => {
    const place = path.length === 0 ? '' : `${path.join('.')}: `
    return {
      severity: 'error',
      code: 'PACT_INVALID',
      at,
      message: place + message,
      ...(hint !== undefined && { hint }),
    }
  })
  return {
    pacts: [{ pact: read, pending: pact.pending || pact.wip, origin: { broker, pact }, at: () => at }],
    problems,
  }
}

const providerOf = (pacts: readonly GivenPact[], asked: string | undefined): string => {
  const names = [...new Set(pacts.map(({ pact }) => pact.provider))].filter((name) => name !== '').sort()
  const [only, another] = names
  if (asked === undefined && another === undefined) return only ?? ''
  const known =
    names.find((name) => name === asked) ?? names.find((name) => plain(name) === plain(asked ?? ''))
  if (known !== undefined) return known
  if (asked !== undefined && names.length === 0) return asked
  throw new SvcMockError(
    'FLAG_INVALID',
    asked === undefined
      ? 'it is not clear which provider is to be asked'
      : `no pact is about the provider ${asked}`,
    { hint: `--service takes one of: ${names.join(', ')}` },
  )
}

/** As people compare names: `Orders API` is `orders-api`. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')
