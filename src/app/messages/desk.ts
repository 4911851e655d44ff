/** Messages of a running proxy: put in and read by commands, in a tenant's lane. */
import type { Tenant } from '../../core/call.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { MessageBus } from '../../core/message-bus.ts'
import type { ServiceEntry } from '../../core/service-entry.ts'
import { tenantNameHint, tenantNameProblem } from '../../core/tenant-name.ts'
import type { CallProxy } from '../../proxy/proxy.ts'
import { nearest } from '../nearest.ts'
import {
  fromBase64,
  offsetsOf,
  type ReadView,
  type ReadWish,
  type SendWish,
  type SentView,
  toWire,
  wireOffsets,
} from './wire.ts'

type Proxy = Pick<CallProxy, 'entries' | 'messages' | 'tenancy' | 'tenant'>

interface Place {
  readonly service: ServiceEntry
  readonly bus: MessageBus
  readonly tenant: Tenant
}

export class MessageDesk {
  private readonly proxy: () => Proxy

  constructor(proxy: () => Proxy) {
    this.proxy = proxy
  }

  /** Rejects with FLAG_INVALID or UPSTREAM_UNREACHABLE. */
  async send(wish: SendWish): Promise<SentView> {
    const { service, bus, tenant } = this.place(wish)
    const { topic, partition, timestamp, typed } = wish
    const sent = await bus.send(service, tenant, {
      topic,
      key: fromBase64(wish.key),
      value: fromBase64(wish.value),
      typed,
      headers: wish.headers.map(({ name, value }) => ({ name, value: fromBase64(value) })),
      partition,
      timestamp,
    })
    const offset = String(sent.offset)
    return { service: service.name, tenant: tenant.id, topic, partition: sent.partition, offset }
  }

  /** As `send`. */
  async read(wish: ReadWish): Promise<ReadView> {
    const { service, bus, tenant } = this.place(wish)
    const from = typeof wish.from === 'string' ? wish.from : offsetsOf(wish.from)
    const { messages, next } = await bus.read(service, tenant, wish.topic, from, wish.waitMs)
    return {
      service: service.name,
      tenant: tenant.id,
      messages: messages.map(toWire),
      next: wireOffsets(next),
    }
  }

  private place({ service: name, tenant }: Pick<SendWish, 'service' | 'tenant'>): Place {
    const proxy = this.proxy()
    const problem = tenant === undefined ? undefined : tenantNameProblem(tenant)
    if (problem !== undefined)
      throw new SvcMockError('FLAG_INVALID', `${JSON.stringify(tenant)} ${problem}`, { hint: tenantNameHint })
    const service = serviceOf(proxy, name)
    const own = tenant ?? service.kafka?.tenant
    return {
      service,
      bus: proxy.messages(service.protocol)!,
      tenant: own === undefined ? proxy.tenant : proxy.tenancy.named(own)!,
    }
  }
}

const serviceOf = (proxy: Proxy, name: string | undefined): ServiceEntry => {
  const buses = proxy
    .entries()
    .filter(({ known, protocol }) => known && proxy.messages(protocol) !== undefined)
  const names = buses.map((one) => one.name)
  const found = name === undefined ? buses : buses.filter((one) => one.name === name)
  const [only, another] = found
  if (only !== undefined && another === undefined) return only
  if (only !== undefined)
    throw new SvcMockError('FLAG_INVALID', `several services carry messages: ${names.join(', ')}`, {
      hint: `name one: --service ${only.name}`,
    })
  if (names.length === 0)
    throw new SvcMockError('FLAG_INVALID', 'no service in svc-mock.yaml carries messages', {
      hint: 'add one: services: { events: { protocol: kafka, listen: 127.0.0.1:9092, upstream: embedded } }',
    })
  const near = nearest(name!, names)
  throw new SvcMockError('FLAG_INVALID', `there is no service ${name} that carries messages`, {
    hint: near === undefined ? `services: ${names.join(', ')}` : `did you mean ${near}?`,
  })
}
