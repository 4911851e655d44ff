/** Answers calls from mocks: select, then respond; on a miss explain, or let the call pass. */
import type { DecodedBody } from '../core/body.ts'
import type { Call } from '../core/call.ts'
import type { MockDialect } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Filter, Service } from '../core/filter.ts'
import { firstValue } from '../core/metadata.ts'
import type { WantedOperations } from '../core/operations.ts'
import type { Reply } from '../core/reply.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { nearMisses } from '../mock/near-miss.ts'
import { methodsAt, take } from '../mock/select.ts'
import { smallestMock } from '../mock/smallest-mock.ts'
import { type FaultTools, strike } from './strike.ts'

/** Told of each call, or each part of one, that a mock answered by itself, with its whole body. Must not throw. */
export type Witness = (
  call: Call,
  answered: { readonly mock: CompiledMock; readonly reply: Reply; readonly body: DecodedBody },
) => void

/** `witness`: who wants to know what mocks were used for; with one, each call is read whole before it is answered. */
export const mockFilter = (
  index: MockIndex,
  dialects: ReadonlyMap<string, MockDialect>,
  tools: FaultTools,
  witness?: Witness,
): Filter => {
  const answer = (mock: CompiledMock | undefined, call: Call, next: Service): Reply | Promise<Reply> => {
    if (mock === undefined) return missed(call, next)
    if (mock.method === undefined) {
      const own = ownAnswer(call, mock)
      if (own !== undefined) return own
    }
    call.context.mock = mock
    if (mock.constant !== undefined) {
      call.context.outcome = 'mock'
      return mock.convenient ? dialects.get(call.protocol)!.mocked(call, mock.constant) : mock.constant
    }
    call.context.outcome = mock.asksUpstream ? 'passthrough' : 'mock'
    const { fault } = mock
    const reply =
      fault === undefined
        ? mock.respond(call, next)
        : strike(fault, 'fault', call, () => mock.respond(call, next), tools)
    if (mock.asksUpstream || !mock.convenient) return reply
    const dialect = dialects.get(call.protocol)!
    return reply instanceof Promise
      ? reply.then((done) => dialect.mocked(call, done))
      : dialect.mocked(call, reply)
  }

  const witnessed = (
    mock: CompiledMock | undefined,
    call: Call,
    next: Service,
    told: Witness,
  ): Reply | Promise<Reply> => {
    if (mock === undefined || mock.asksUpstream) return answer(mock, call, next)
    const read = (body: DecodedBody): Reply | Promise<Reply> => {
      const tell = (reply: Reply): Reply => {
        // A broken wire, a status on purpose and an answer of the protocol's own are no answers of the mock.
        if (call.context.mock === mock && !isBroken(mock, call, reply)) told(call, { mock, reply, body })
        return reply
      }
      const reply = answer(mock, call, next)
      return reply instanceof Promise ? reply.then(tell) : tell(reply)
    }
    const body = call.body.read(call.service.bodyLimit)
    return body instanceof Promise ? body.then(read) : read(body)
  }

  const missed = (call: Call, next: Service): Reply | Promise<Reply> => {
    const own = ownAnswer(call, undefined)
    if (own !== undefined) return own
    // Who has an instance of the service means it to answer what no mock does.
    if (call.service.onMiss === 'fail' && call.context.instance === undefined)
      return explainMiss(index, call, dialects.get(call.protocol))
    call.context.outcome = 'passthrough'
    call.context.note = 'no mock matched'
    return next(call)
  }

  /** A mock that asks the real service does not make a path a mocked one. */
  const ownAnswer = (call: Call, mock: CompiledMock | undefined): Reply | undefined => {
    const own = dialects.get(call.protocol)?.unmatched(call, () => {
      const methods = methodsAt(index, call)
      return mock?.asksUpstream === true ? methods.difference(anyMethod) : methods
    })
    if (own !== undefined) call.context.outcome = 'mock'
    return own
  }

  const handle = (call: Call, next: Service): Reply | Promise<Reply> => {
    const { service, inParts } = call
    if (service.mode !== 'mock' || !service.known || call.unmocked === true) return next(call)
    if (inParts !== undefined) return inParts((part) => handle(part, next))
    const selected = take(index, call)
    if (witness !== undefined) {
      return selected instanceof Promise
        ? selected.then((mock) => witnessed(mock, call, next, witness))
        : witnessed(selected, call, next, witness)
    }
    if (selected instanceof Promise) return selected.then((mock) => answer(mock, call, next))
    return answer(selected, call, next)
  }

  return {
    name: 'mock',
    wants: (service) => service.known && service.mode === 'mock',
    operations: (service) => operationsOf(index, service),
    handle,
  }
}

/** A mock that names no operation is asked about those with keys; who must not miss is asked about all of them. */
const operationsOf = (index: MockIndex, service: ServiceEntry): WantedOperations | undefined => {
  if (!service.known || service.mode !== 'mock') return undefined
  const mocks = index.service(service.name)?.mocks ?? []
  const keyed = service.onMiss === 'fail' || mocks.some(({ method }) => method === undefined)
  if (mocks.length === 0 && !keyed) return undefined
  return { all: false, named: new Set(mocks.flatMap(({ method }) => method ?? [])), keyed }
}

/** On purpose: see strike.ts. */
const isBroken = ({ fault }: CompiledMock, { context }: Call, reply: Reply): boolean =>
  (reply.kind !== 'single' && reply.kind !== 'stream') ||
  firstValue(reply.metadata, 'x-svc-mock-fault') !== undefined ||
  (fault?.abort === 'close' && context.note?.includes('close') === true)

const anyMethod: ReadonlySet<string> = new Set([''])

const explainMiss = async (
  index: MockIndex,
  call: Call,
  dialect: MockDialect | undefined,
): Promise<never> => {
  const nearest = await nearMisses(index, call)
  call.context.outcome = 'miss'
  throw new SvcMockError('MOCK_NOT_MATCHED', `no mock of ${call.service.name} matches ${call.operation}`, {
    details: {
      service: call.service.name,
      operation: call.operation,
      nearest,
      smallestMock: await smallestMock(call, dialect),
    },
    hint: `add the mock below to a file of ${call.service.name}, or let such calls pass: onMiss: passthrough`,
  })
}
