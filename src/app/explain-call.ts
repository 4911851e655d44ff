/** What would happen to a call, without sending it. */

import { formatAuthority } from '../config/authority.ts'
import type { Config } from '../config/config.ts'
import { type Call, newTenant } from '../core/call.ts'
import type { Definitions } from '../core/definitions.ts'
import type { Authority, ServiceEntry } from '../core/service-entry.ts'
import { explain } from '../mock/explain.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { imaginedCall } from '../protocols/http/imagined-call.ts'
import { Services } from '../proxy/services.ts'
import type { ExplainedCall, ExplainView } from './explain-view.ts'

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
  index: MockIndex,
  definitions: ReadonlyMap<string, Definitions>,
  asked: ExplainedCall,
): Promise<ExplainView> => {
  const { call, target } = placeCall(config, asked)
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
      nearest: [],
      fault: undefined,
      result: passes
        ? `passed through to ${formatAuthority(target)}: no service names this host`
        : 'refused with 502 UNKNOWN_HOST: no service names this host',
    }
  }
  const explanation = await explain(index, call)
  const fault = faultOf(service)
  return {
    service: service.name,
    mode: service.mode,
    ...explanation,
    fault,
    result:
      resultOf(service, target, explanation.winner) +
      (fault === undefined ? '' : `; the service's fault: ${fault}`),
  }
}

const faultOf = ({ faults = [] }: ServiceEntry): string | undefined =>
  faults.length === 0 ? undefined : faults.map(({ fault }) => fault.description).join('; ')

const resultOf = (
  service: ServiceEntry,
  target: Authority,
  winner: { readonly name: string; readonly does: string | undefined } | undefined,
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
  return service.onMiss === 'passthrough'
    ? `passed through to ${upstream}: no mock matches`
    : 'refused with 502 MOCK_NOT_MATCHED'
}
