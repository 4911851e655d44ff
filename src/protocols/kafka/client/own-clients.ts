/** Clients of our own for one service: one for each tenant and depth, made when it is needed and kept. */
import type { Duplex } from 'node:stream'
import type { Tenant } from '../../../core/call.ts'
import type { KafkaSettings } from '../../../core/service-entry.ts'
import type { Address } from '../session/brokers.ts'
import { KafkaClient } from './client.ts'
import { Producer } from './producer.ts'
import { Reader } from './reader.ts'

export interface OwnClient {
  readonly client: KafkaClient
  readonly producer: Producer
  readonly reader: Reader
}

export interface OwnClientFacts {
  /** A session in the tenant's lane. `depth`: how many mocks stand before what it produces. */
  dial(broker: Address | undefined, tenant: Tenant, depth: number): Promise<Duplex>
  readonly sasl: KafkaSettings['sasl']
}

/** Tags come from anybody, and each tenant has connections. */
const mostKept = 200

export class OwnClients {
  private readonly facts: OwnClientFacts
  private readonly kept = new Map<string, OwnClient>()

  constructor(facts: OwnClientFacts) {
    this.facts = facts
  }

  of(tenant: Tenant, depth: number): OwnClient {
    const name = `${depth} ${tenant.id}`
    const known = this.kept.get(name)
    if (known !== undefined) return known
    const { dial, sasl } = this.facts
    const client = new KafkaClient({ dial: (broker) => dial(broker, tenant, depth), sasl })
    const made: OwnClient = { client, producer: new Producer(client), reader: new Reader(client) }
    const [oldest] = this.kept
    if (this.kept.size >= mostKept && oldest !== undefined) {
      this.kept.delete(oldest[0])
      oldest[1].client.close()
    }
    this.kept.set(name, made)
    return made
  }

  close(): void {
    for (const { client } of this.kept.values()) client.close()
    this.kept.clear()
  }
}
