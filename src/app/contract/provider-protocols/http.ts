/** Mocks of HTTP held against a real service. */
import type { PactMatcher } from '../../../contract/formats/pact/match.ts'
import { exactPaths } from '../../../contract/provider/exact-paths.ts'
import { compareReply, type ReplyFinding } from '../../../contract/provider/reply-rules.ts'
import { SpecError } from '../../../core/matcher.ts'
import { responseFiles } from '../../../mock/load/response-files.ts'
import { dialects } from '../../library-tools.ts'
import { createPactMatcher } from '../../pact/matcher.ts'
import { Provider, type ProviderReply, type ProviderRequest } from '../ask-provider.ts'
import { HttpContract } from '../http-contract.ts'
import { operationOf } from '../http-mock.ts'
import { comparePact, hasPactRules } from '../pact-reply.ts'
import type { Promised } from '../promises.ts'
import { requestOf } from '../provider-request.ts'
import { repliesOf } from '../replies.ts'
import type {
  Difference,
  Made,
  ProviderFinding,
  ProviderProtocol,
  ProviderProtocolKind,
  ProviderSurroundings,
} from './protocol.ts'
import { tlsOf } from './tls-of.ts'

/** RFC 9110 section 9.2.1. */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** RFC 9110 section 9.2.2. */
const idempotent: ReadonlySet<string> = new Set([...safe, 'PUT', 'DELETE'])

export const httpProvider: ProviderProtocolKind = {
  name: 'http',
  open: (surroundings) => new HttpProvider(surroundings),
}

class HttpProvider implements ProviderProtocol<ProviderRequest, ProviderReply> {
  readonly #surroundings: ProviderSurroundings
  readonly #provider: Provider
  #matcher: PactMatcher | undefined
  #contract: Promise<HttpContract | undefined> | undefined

  constructor(surroundings: ProviderSurroundings) {
    const { provider, timeoutMs, retries, concurrency } = surroundings
    this.#surroundings = surroundings
    this.#provider = new Provider(provider, {
      timeoutMs,
      retries,
      connections: concurrency,
      tls: tlsOf(surroundings),
    })
  }

  operationOf({ definition }: Promised): string {
    return operationOf(definition.request)
  }

  changesSomething({ mock }: Promised): boolean {
    return !safe.has(mock.method ?? 'GET')
  }

  repeatable({ mock }: Promised): boolean {
    return idempotent.has(mock.method ?? 'GET')
  }

  async requestOf({ mock, definition }: Promised): Promise<Made<ProviderRequest>> {
    const { config, library, values, headers, service } = this.#surroundings
    this.#contract ??= HttpContract.open(
      config.services.find(({ name }) => name === service),
      config.root,
    )
    const httpContract = await this.#contract
    return requestOf(mock, definition, { config, index: library.index, values, headers, httpContract })
  }

  ask(request: ProviderRequest): Promise<ProviderReply> {
    return this.#provider.ask(request)
  }

  compare(item: Promised, reply: ProviderReply): readonly ProviderFinding[] {
    return compareHttp(item, reply, () => {
      this.#matcher ??= createPactMatcher()
      return this.#matcher
    })
  }

  difference(first: ProviderReply, second: ProviderReply): Difference | undefined {
    const found = compareReply({ ...first, templated: false }, second, () => false)
    if (violations(found) === 0) return undefined
    return { message: found[0]!.message, expected: String(first.status), actual: String(second.status) }
  }

  close(): void {
    this.#provider.close()
  }
}

/** A mock may answer in turn: the real reply must be like one of its answers. Pact's rules count where there are any. */
export const compareHttp = (
  item: Promised,
  reply: ProviderReply,
  matcher: () => PactMatcher = createPactMatcher,
): readonly ProviderFinding[] => {
  const { file, definition, contract } = item
  const { replies } = repliesOf(
    definition,
    dialects.get(file.protocol)!,
    responseFiles(file, () => undefined),
  )
  if (contract.state === undefined && reply.status === 404 && replies.every(({ status }) => status !== 404)) {
    return [
      {
        severity: 'dataMissing',
        rule: 'not-found',
        path: ['response', 'status'],
        message: 'the real service does not have what the mock asks for',
        expected: String(replies[0]?.status ?? 200),
        actual: '404',
        hint: 'name what must be there: contract: { state: … }',
      },
    ]
  }
  const byRules = hasPactRules(item) ? comparePact(item, reply, matcher()) : undefined
  if (byRules !== undefined && contract.exact === undefined) return byRules
  let isExact: (path: readonly (string | number)[]) => boolean
  try {
    isExact = exactPaths(contract.exact ?? [])
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    return [wrongExact(error)]
  }
  const tries = replies.map((one) => ({ section: one.section, found: compareReply(one, reply, isExact) }))
  const best = tries.reduce<(typeof tries)[number] | undefined>(
    (a, b) => (a === undefined || violations(b.found) < violations(a.found) ? b : a),
    undefined,
  )
  const found = (best?.found ?? []).map(
    ({ undecided, path, ...words }): ProviderFinding => ({
      severity: undecided === true ? 'notVerifiable' : 'violation',
      ...words,
      path: [...best!.section, ...path],
    }),
  )
  return byRules === undefined ? found : [...byRules, ...found.filter(({ rule }) => rule === 'value')]
}

const wrongExact = ({ message, hint }: SpecError): ProviderFinding => ({
  severity: 'violation',
  rule: 'exact-path',
  path: ['contract', 'exact'],
  message,
  hint,
})

const violations = (found: readonly ReplyFinding[]): number =>
  found.filter(({ undecided }) => undecided !== true).length
