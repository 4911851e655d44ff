/** The pipeline's end: what may leave goes to the tenant's instance, else to its protocol's upstream, with the tenant's tag. */
import type { Call, Tenant, TenantInstance } from '../core/call.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Service } from '../core/filter.ts'
import type { Lane } from '../core/lane.ts'
import type { Reply } from '../core/reply.ts'
import { hostAndPort } from '../tenant/routes.ts'

export interface ExitTools {
  unknownHosts(): 'passthrough' | 'fail'
  /** The upstream of each protocol, by name. */
  readonly upstreams: ReadonlyMap<string, Service>
  lane(tenant: Tenant): Lane
}

export const exit = ({ unknownHosts, upstreams, lane }: ExitTools): Service => {
  const leave = (call: Call, upstream: Service): Reply | Promise<Reply> => {
    const own = lane(call.tenant)
    // Hosts that no service names are not told who works here.
    if (own.baseline || !call.service.known) return upstream(call)
    const metadata = own.tag(call.metadata)
    const tagged = metadata === call.metadata ? call : (call.derived?.({ metadata }) ?? call)
    const { instance } = call.context
    if (instance !== undefined) return toInstance(tagged, instance, upstream)
    return call.service.mode === 'direct' ? upstream(tagged) : toBaseline(tagged, upstream)
  }
  return (call) => {
    const { service } = call
    if (!service.known && !service.allowed && unknownHosts() === 'fail') throw unknownHost(call)
    const upstream = upstreams.get(call.protocol)
    if (upstream === undefined) throw new SvcMockError('INVARIANT_BROKEN', `no upstream for ${call.protocol}`)
    return leave(call, upstream)
  }
}

const toBaseline = (call: Call, upstream: Service): Reply | Promise<Reply> => {
  const { context, tenant } = call
  context.served = 'baseline'
  const before = context.note
  context.note = undefined
  const reply = upstream(call)
  // Protocols note the address before they wait for anything.
  const gone =
    context.absent === undefined ? '' : ` (${tenant.id}'s ${hostAndPort(context.absent)} is not there)`
  context.note = [before, `baseline ${context.note ?? ''}${gone}`.trim()].filter(Boolean).join('; ')
  return reply
}

const toInstance = (call: Call, instance: TenantInstance, upstream: Service): Reply | Promise<Reply> => {
  const { context, service } = call
  const before = context.note
  const routed = call.derived?.({ service: instance.entry(service) })
  if (routed === undefined) return toBaseline(call, upstream)
  const startedAt = performance.now()
  context.served = 'tenant'
  context.note = instance.shown
  const reply = upstream(routed)
  if (!(reply instanceof Promise)) return reply
  return reply.catch((error: unknown) => {
    if (!isUnreached(error)) throw error
    const now = performance.now()
    instance.failed(now, now - startedAt)
    context.absent = instance.address
    context.note = before
    if (service.mode === 'mock' && service.onMiss === 'fail') throw nobodyLeft(call, instance, error)
    return toBaseline(call, upstream)
  })
}

/** Nothing has been sent: only a failed dial names the address that it did not reach. */
const isUnreached = (error: unknown): error is SvcMockError =>
  error instanceof SvcMockError &&
  error.code === 'UPSTREAM_UNREACHABLE' &&
  error.context.details?.['upstream'] !== undefined

const nobodyLeft = ({ service, tenant }: Call, instance: TenantInstance, cause: SvcMockError): SvcMockError =>
  new SvcMockError(
    'UPSTREAM_UNREACHABLE',
    `${tenant.id}'s instance of ${service.name} is not there (${hostAndPort(instance.address)}), and no mock matches`,
    {
      cause,
      hint: `start it again, or let such calls go to the baseline: svc-mock mode ${service.name} passthrough`,
    },
  )

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
