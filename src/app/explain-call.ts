/** What would happen to a call, without sending it. */

import { formatAuthority } from '../config/authority.ts'
import type { Config } from '../config/config.ts'
import { type Call, newTenant } from '../core/call.ts'
import type { Definitions } from '../core/definitions.ts'
import { SvcMockError } from '../core/errors.ts'
import { SpecError } from '../core/matcher.ts'
import { mistakesIn } from '../core/mistakes.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'
import { explain } from '../mock/explain.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { methodsAt } from '../mock/select.ts'
import { GrpcCall } from '../protocols/grpc/call.ts'
import { fateUnmatched, imaginedRpc } from '../protocols/grpc/imagined-call.ts'
import { imaginedCall } from '../protocols/http/imagined-call.ts'
import { imaginedRecord } from '../protocols/kafka/imagined-call.ts'
import { commandLine, imaginedCommand } from '../protocols/redis/imagined-call.ts'
import { homeOf, Services } from '../proxy/services.ts'
import type { ExplainedCall, ExplainedCommand, ExplainedRpc, ExplainView } from './explain-view.ts'
import type { MockLibrary } from './mock-library.ts'
import { Origins } from './origins.ts'

export interface PlacedCall {
  readonly call: Call
  readonly target: Authority
}

/** A call to a URL as the proxy would see it. */
export const placeCall = (config: Config, asked: ExplainedCall): PlacedCall => {
  const services = new Services(config, new Map())
  const { url, method, headers, body } = asked
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  // What was typed, not what URL makes of it: dot segments and case of escapes count.
  const typed = /^[a-z]+:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/i.exec(asked.typed ?? url.href)
  const path = typed?.[1] || '/'
  const found = services.find(host, port, path)
  const target = { scheme: url.protocol === 'https:' ? 'https' : 'http', host, port, basePath: '' } as const
  const routed = found ?? { service: services.unnamed(host, port), basePath: '' }
  const call = imaginedCall(
    { method, path, search: typed?.[2] ?? '', headers: ['Host', url.host, ...headers], body },
    { ...routed, target },
    newTenant(config.tenant),
  )
  return { call, target }
}

export const explainCall = async (
  config: Config,
  library: MockLibrary,
  definitions: ReadonlyMap<string, Definitions>,
  asked: ExplainedCall | ExplainedRpc | ExplainedCommand,
): Promise<ExplainView> => {
  const { index } = library
  const { call, target } = placed(config, definitions, asked)
  const { service } = call
  if (!service.known) {
    const passes = service.allowed || config.unknownHosts === 'passthrough'
    return {
      service: undefined,
      mode: undefined,
      asked: undefined,
      versions: [],
      winner: undefined,
      shadowed: [],
      inOtherStates: [],
      outOfForce: [],
      nearest: [],
      fault: undefined,
      result: passes
        ? `passed through to ${formatAuthority(target)}: no service names this host`
        : 'refused with 502 UNKNOWN_HOST: no service names this host',
    }
  }
  const origins = new Origins(library, config.library)
  const told = await explain(index, call, [...library.outOf(service.name).keys()])
  const explanation = {
    ...told,
    winner:
      told.winner === undefined ? undefined : { ...told.winner.view, origin: origins.of(told.winner.mock) },
    outOfForce: told.outOfForce.map(({ view, mock }) => ({
      ...view,
      at: origins.place(mock),
      because: origins.of(mock).outOfForce ?? '',
    })),
  }
  const fault = faultOf(service)
  return {
    service: service.name,
    mode: service.mode,
    ...explanation,
    fault,
    result:
      resultOf(service, target, explanation.winner, () => refusalOf(call, index)) +
      (fault === undefined ? '' : `; the service's fault: ${fault}`),
  }
}

const placed = (
  config: Config,
  definitions: ReadonlyMap<string, Definitions>,
  asked: ExplainedCall | ExplainedRpc | ExplainedCommand,
): PlacedCall => {
  if ('command' in asked) return placeCommand(config, asked)
  return 'operation' in asked ? placeRpc(config, definitions, asked) : placeCall(config, asked)
}

/** Throws FLAG_INVALID. */
const placeCommand = (config: Config, asked: ExplainedCommand): PlacedCall => {
  const { service: name, command } = asked
  const services = new Services(config, new Map())
  const service = services.entries.get(name)
  if (service?.protocol === 'kafka') return placeRecord(config, service, asked)
  if (service?.protocol !== 'redis') {
    const own = config.services
      .filter(({ protocol }) => protocol === 'redis' || protocol === 'kafka')
      .map((one) => one.name)
    throw new SvcMockError('FLAG_INVALID', `${name} is no service of Redis or Kafka`, {
      hint: `services of Redis and Kafka: ${own.join(', ') || 'none'}`,
    })
  }
  const args = commandLine(command)
  if (args === undefined)
    throw new SvcMockError('FLAG_INVALID', `${command} is no command`, { hint: "write 'GET user:1'" })
  return {
    call: imaginedCommand(args, service, newTenant(service.redis?.tenant ?? config.tenant)),
    target: service.upstream ?? { scheme: 'redis', host: name, port: 6379, basePath: '' },
  }
}

const placeRecord = (
  config: Config,
  service: ServiceEntry,
  { command: topic, headers, key, body }: ExplainedCommand,
): PlacedCall => {
  const tenant = newTenant(service.kafka?.tenant ?? config.tenant)
  const { name } = service
  return {
    call: imaginedRecord({ topic, key, headers, value: body }, service, tenant),
    target: service.upstream ?? { scheme: 'kafka', host: name, port: 9092, basePath: '' },
  }
}

/** A call of a method, to the service that is named, or that knows it. Throws FLAG_INVALID. */
export const placeRpc = (
  config: Config,
  definitions: ReadonlyMap<string, Definitions>,
  asked: ExplainedRpc,
): PlacedCall => {
  const services = new Services(config, new Map())
  services.setDefinitions(definitions)
  const service = services.entries.get(serviceOf(config, definitions, asked))!
  const home = homeOf(services.configs.get(service.name)!)
  try {
    return {
      call: imaginedRpc(asked, service, newTenant(config.tenant)),
      target: home ?? { scheme: 'http', host: service.name, port: 80, basePath: '' },
    }
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    const [first = error] = mistakesIn(error)
    const at = first.path.length === 0 ? '' : `${first.path.join('.')}: `
    throw new SvcMockError('FLAG_INVALID', `--message does not fit: ${at}${first.message}`, {
      ...(first.hint !== undefined && { hint: first.hint }),
    })
  }
}

const serviceOf = (
  config: Config,
  definitions: ReadonlyMap<string, Definitions>,
  { service, operation }: ExplainedRpc,
): string => {
  const own = config.services.filter(({ protocol }) => protocol === 'grpc').map(({ name }) => name)
  if (service !== undefined) {
    if (own.includes(service)) return service
    throw new SvcMockError('FLAG_INVALID', `${service} is no service of gRPC`, {
      hint: `services of gRPC: ${own.join(', ') || 'none'}`,
    })
  }
  const knowing = own.filter((name) => definitions.get(name)?.operations.includes(operation) === true)
  const [only, another] = knowing.length > 0 ? knowing : own
  if (only !== undefined && another === undefined) return only
  throw new SvcMockError(
    'FLAG_INVALID',
    only === undefined
      ? 'no service in svc-mock.yaml speaks gRPC'
      : `several services may be called by ${operation}`,
    { hint: only === undefined ? 'add protocol: grpc to one' : `name one: --service ${only}` },
  )
}

const faultOf = ({ faults = [] }: ServiceEntry): string | undefined =>
  faults.length === 0 ? undefined : faults.map(({ fault }) => fault.description).join('; ')

const resultOf = (
  service: ServiceEntry,
  target: Authority,
  winner: { readonly name: string; readonly does: string | undefined } | undefined,
  refusal: () => string,
): string => {
  const upstream = formatAuthority(service.upstream ?? target)
  if (service.mode !== 'mock') {
    const would = winner === undefined ? '' : `; in mode mock, ${winner.name} would answer`
    return `sent to ${upstream}: ${service.name} is in mode ${service.mode}${would}`
  }
  if (winner !== undefined) {
    return winner.does === undefined
      ? `answered by the mock ${winner.name}`
      : `passed through to ${upstream}: the mock ${winner.name} ${winner.does}`
  }
  return service.onMiss === 'passthrough' ? `passed through to ${upstream}: no mock matches` : refusal()
}

/** No mock matches, and the real service is not asked. */
const refusalOf = (call: Call, index: MockIndex): string => {
  if (call.protocol === 'kafka') return 'taken by the broker, and answered by nobody: MOCK_NOT_MATCHED'
  if (call.protocol === 'redis') return 'refused with ERR, MOCK_NOT_MATCHED'
  if (!(call instanceof GrpcCall)) return 'refused with 502 MOCK_NOT_MATCHED'
  const fate = fateUnmatched(call, methodsAt(index, call))
  switch (fate.kind) {
    case 'own':
      return 'answered by svc-mock itself, from the definitions'
    case 'ends':
      return 'answered message by message; the stream itself ends with OK'
    case 'kept':
      return 'kept until the client has said all it says: the mocks of this method look at the whole stream'
    default:
      return `refused with ${fate.status}, MOCK_NOT_MATCHED`
  }
}
