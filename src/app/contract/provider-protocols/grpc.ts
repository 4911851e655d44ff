/** Mocks of gRPC held against a real service. */
import { exactPaths } from '../../../contract/provider/exact-paths.ts'
import { compareRpc, type RpcMessage, type RpcOutcome } from '../../../contract/provider/rpc-rules.ts'
import { SpecError } from '../../../core/matcher.ts'
import { statusName } from '../../../protocols/grpc/codec/status.ts'
import { grpcScope } from '../../../protocols/grpc/mock-scope.ts'
import type { MessageType, RpcMethod } from '../../../protocols/grpc/schema.ts'
import { RpcProvider, type RpcRequest } from '../ask-rpc.ts'
import { operationOf } from '../http-mock.ts'
import type { Promised } from '../promises.ts'
import { type MockedRpc, mockedRpcs } from '../rpc-mocks.ts'
import type { RpcReply } from '../rpc-reply.ts'
import { rpcRequestOf } from '../rpc-request.ts'
import { changesSomething, isIdempotent } from '../rpc-side-effects.ts'
import type {
  Difference,
  Made,
  MockPath,
  ProviderFinding,
  ProviderProtocol,
  ProviderProtocolKind,
  ProviderSurroundings,
} from './protocol.ts'
import { tlsOf } from './tls-of.ts'

export const grpcProvider: ProviderProtocolKind = {
  name: 'grpc',
  open: (surroundings) => new GrpcProvider(surroundings),
}

class GrpcProvider implements ProviderProtocol<RpcRequest, AskedRpc> {
  readonly #surroundings: ProviderSurroundings
  readonly #provider: RpcProvider

  constructor(surroundings: ProviderSurroundings) {
    const { provider, timeoutMs, retries, concurrency } = surroundings
    this.#surroundings = surroundings
    this.#provider = new RpcProvider(provider, {
      timeoutMs,
      retries,
      connections: concurrency,
      tls: tlsOf(surroundings),
    })
  }

  operationOf(item: Promised): string {
    return this.#rpc(item)?.operation ?? item.mock.operation ?? operationOf(item.definition.request)
  }

  changesSomething(item: Promised): boolean {
    const rpc = this.#rpc(item)
    return rpc !== undefined && changesSomething(rpc)
  }

  repeatable(item: Promised): boolean {
    const rpc = this.#rpc(item)
    return rpc !== undefined && isIdempotent(rpc)
  }

  async requestOf(item: Promised): Promise<Made<RpcRequest>> {
    const rpc = this.#rpc(item)
    if (rpc !== undefined) return rpcRequestOf(item, rpc, this.#surroundings, isIdempotent(rpc))
    return {
      notVerifiable: 'no definition says which method is meant, and how its messages look',
      hint: 'name one method, and the .proto files of the service in svc-mock.yaml',
    }
  }

  async ask(request: RpcRequest): Promise<AskedRpc> {
    return { rpc: request.rpc, reply: await this.#provider.ask(request) }
  }

  compare(item: Promised, asked: AskedRpc): readonly ProviderFinding[] {
    return compareGrpc(item, mockedRpcs(item, asked.rpc), asked)
  }

  difference({ rpc, reply: first }: AskedRpc, { reply: second }: AskedRpc): Difference | undefined {
    const [before, after] = [shortly(first), shortly(second)]
    if (first.kind !== 'outcome' || second.kind !== 'outcome')
      return before === after
        ? undefined
        : { message: 'another kind of reply', expected: before, actual: after }
    const [mocked, real] = [outcomeOf(first, rpc), outcomeOf(second, rpc)]
    if (typeof mocked === 'string' || typeof real === 'string') return undefined
    const found = compareRpc(
      mocked,
      real,
      howOf(rpc, () => false),
    ).filter(({ undecided }) => undecided !== true)
    return found[0] === undefined ? undefined : { message: found[0].message, expected: before, actual: after }
  }

  close(): void {
    this.#provider.close()
  }

  #rpc({ file, definition }: Promised): RpcMethod | undefined {
    const definitions = this.#surroundings.definitions.of(file.service)
    return grpcScope({ service: file.service, definitions, request: definition.request }).rpc
  }
}

export interface AskedRpc {
  readonly rpc: RpcMethod
  readonly reply: RpcReply
}

const shortly = (reply: RpcReply): string =>
  reply.kind === 'foreign'
    ? `HTTP ${reply.httpStatus}`
    : reply.status === undefined
      ? 'a stream'
      : statusName(reply.status.code)

/** `mocks`: what the mock answers; in turn, where there are several: the real reply must be like one of them. */
export const compareGrpc = (
  { definition, contract }: Promised,
  mocks: readonly MockedRpc[],
  { rpc, reply }: AskedRpc,
): readonly ProviderFinding[] => {
  const section: MockPath = mocks[0]?.section ?? ['response']
  if (reply.kind === 'foreign') return [notAnRpc(reply, section)]
  const real = outcomeOf(reply, rpc)
  if (typeof real === 'string') {
    const message = `the real service sends what is no ${rpc.output.name}: ${real}`
    return [{ severity: 'violation', rule: 'not-protobuf', path: section, message }]
  }
  if (
    contract.state === undefined &&
    real.status === 'NOT_FOUND' &&
    mocks.every(({ outcome }) => outcome.status !== 'NOT_FOUND')
  ) {
    return [
      {
        severity: 'dataMissing',
        rule: 'not-found',
        path: [...section, 'status'],
        message: 'the real service does not have what the mock asks for',
        expected: mocks[0]?.outcome.status ?? 'OK',
        actual: 'NOT_FOUND',
        hint: 'name what must be there: contract: { state: … }',
      },
    ]
  }
  let isExact: (path: MockPath) => boolean
  try {
    isExact = exactPaths(contract.exact ?? [])
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const { message, hint } = error
    return [{ severity: 'violation', rule: 'exact-path', path: ['contract', 'exact'], message, hint }]
  }
  const tries = mocks.map((mock) => ({
    mock,
    found: compareRpc(mock.outcome, real, howOf(rpc, isExact)),
  }))
  const best = tries.toSorted((a, b) => violations(a.found) - violations(b.found))[0]
  const found = (best?.found ?? []).map(
    ({ undecided, path, ...words }): ProviderFinding => ({
      severity: undecided === true ? 'notVerifiable' : 'violation',
      ...words,
      path: asWritten([...best!.mock.section, ...path], definition, rpc.output, best!.mock.section.length),
    }),
  )
  return reply.status === undefined ? [...found, goesOn(section)] : found
}

const violations = (found: readonly { readonly undecided?: true }[]): number =>
  found.filter(({ undecided }) => undecided !== true).length

const notAnRpc = (
  { httpStatus, contentType }: RpcReply & { readonly kind: 'foreign' },
  path: MockPath,
): ProviderFinding => ({
  severity: 'violation',
  rule: 'content-type',
  path,
  message: 'what answers there speaks no gRPC',
  expected: 'application/grpc',
  actual: `HTTP ${httpStatus}, ${contentType || 'no content type'}`,
})

const goesOn = (section: MockPath): ProviderFinding => ({
  severity: 'notVerifiable',
  rule: 'endless-stream',
  path: [...section, 'messages'],
  message: 'the real stream goes on, so its status and trailers were not seen',
  hint: 'a longer --timeout may see its end',
})

const howOf = (rpc: RpcMethod, isExact: (path: MockPath) => boolean) => {
  const { output } = rpc
  return {
    stream: rpc.serverStreams,
    // Both names of a field are right in a mock file.
    isExact: (path: MockPath) => isExact(path) || isExact(output.fieldAt(path)?.path ?? path),
    isMap: (path: MockPath) => output.fieldAt(path)?.map === true,
    isUnset: (path: MockPath, value: unknown) => {
      const unset = output.fieldAt(path)?.unset
      return unset !== undefined && unset === value
    },
  }
}

/** A text: why it cannot be read. */
const outcomeOf = (
  { status, metadata, trailers, messages }: RpcReply & { readonly kind: 'outcome' },
  { output }: RpcMethod,
): RpcOutcome | string => {
  const documents: RpcMessage[] = []
  for (const bytes of messages) {
    try {
      documents.push(output.foreign(bytes))
    } catch (error) {
      return (error as Error).message
    }
  }
  return {
    status: status === undefined ? undefined : statusName(status.code),
    details: (status?.details ?? []).map(({ typeUrl }) => typeUrl.slice(typeUrl.lastIndexOf('/') + 1)),
    metadata,
    trailers,
    messages: documents,
  }
}

/** A path with the names of documents as the mock file has them, so that its place is found. */
const asWritten = (path: MockPath, mock: unknown, type: MessageType, below: number): MockPath => {
  const start = path[below] === 'message' ? below + 1 : path[below] === 'messages' ? below + 3 : path.length
  const inside = path.slice(start)
  const other = type.fieldAt(inside)?.path
  if (other === undefined) return path
  let at: unknown = mock
  return path.map((step, i) => {
    const names = i < start ? [step] : [step, other[i - start]!]
    const fields = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>) : {}
    const name = names.find((one) => Object.hasOwn(fields, one)) ?? step
    at = fields[name]
    return name
  })
}
