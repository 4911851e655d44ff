/** The pipeline's end: what may leave goes to its protocol's upstream. */
import type { Call } from '../core/call.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Service } from '../core/filter.ts'

/** `protocols`: the upstream of each, by name. */
export const exit =
  (unknownHosts: () => 'passthrough' | 'fail', protocols: ReadonlyMap<string, Service>): Service =>
  (call) => {
    const { service } = call
    if (!service.known && !service.allowed && unknownHosts() === 'fail') throw unknownHost(call)
    const upstream = protocols.get(call.protocol)
    if (upstream === undefined) throw new SvcMockError('INVARIANT_BROKEN', `no upstream for ${call.protocol}`)
    return upstream(call)
  }

export const unknownHost = ({ service }: Pick<Call, 'service'>): SvcMockError => {
  const host = service.name.replace(/:80$/, '')
  return new SvcMockError(
    'UNKNOWN_HOST',
    `no service in svc-mock.yaml names ${host}, and unknown hosts are refused`,
    {
      hint: `add it to a service: services: { <name>: { hosts: ['${host}'] } }, or as infrastructure: allowHosts: ['${host}']`,
      details: { host },
    },
  )
}
