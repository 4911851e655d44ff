/** Mocks of HTTP held against a real service. */
import { exactPaths } from '../../../contract/provider/exact-paths.ts'
import { compareReply, type ReplyFinding } from '../../../contract/provider/reply-rules.ts'
import { SpecError } from '../../../core/matcher.ts'
import { responseFiles } from '../../../mock/load/response-files.ts'
import { dialects } from '../../library-tools.ts'
import { Provider, type ProviderReply, type ProviderRequest } from '../ask-provider.ts'
import { operationOf } from '../http-mock.ts'
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

  constructor(surroundings: ProviderSurroundings) {
    const { provider, timeoutMs, retries, concurrency } = surroundings
    this.#surroundings = surroundings
    this.#provider = new Provider(provider, { timeoutMs, retries, connections: concurrency })
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

  requestOf({ mock, definition }: Promised): Promise<Made<ProviderRequest>> {
    const { config, library, values, headers } = this.#surroundings
    return requestOf(mock, definition, { config, index: library.index, values, headers })
  }

  ask(request: ProviderRequest): Promise<ProviderReply> {
    return this.#provider.ask(request)
  }

  compare(item: Promised, reply: ProviderReply): readonly ProviderFinding[] {
    return compareHttp(item, reply)
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

/** A mock may answer in turn: the real reply must be like one of its answers. */
export const compareHttp = (
  { file, definition, contract }: Promised,
  reply: ProviderReply,
): readonly ProviderFinding[] => {
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
  return (best?.found ?? []).map(({ undecided, path, ...words }) => ({
    severity: undecided === true ? 'notVerifiable' : 'violation',
    ...words,
    path: [...best!.section, ...path],
  }))
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
