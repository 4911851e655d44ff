/** The brokers of a cluster, each with a port of ours: where a response says where a broker is, clients are sent there. */
import { int, list, type Message, text } from '../messages/index.ts'
import * as key from './keys.ts'
import type { Treatment } from './treatment.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** Opens a port for a broker of the cluster. */
export type OpenPort = (broker: Address) => Promise<Address>

export class Brokers {
  private readonly openPort: OpenPort
  /** By the broker's `host:port`. */
  private readonly ports = new Map<string, Promise<Address>>()

  constructor(openPort: OpenPort) {
    this.openPort = openPort
  }

  /** Ours for it. Rejects with SvcMockError when no port can be opened. */
  port(broker: Address): Promise<Address> {
    const name = `${broker.host}:${broker.port}`
    const known = this.ports.get(name)
    if (known !== undefined) return known
    const opening = this.openPort(broker)
    opening.catch(() => this.ports.delete(name))
    this.ports.set(name, opening)
    return opening
  }

  /** `host` and `port` of a part of a response; '' and -1 where there is no broker. */
  private async replace(place: Message): Promise<void> {
    const host = text(place, 'host')
    if (host === '') return
    const ours = await this.port({ host, port: int(place, 'port') })
    place['host'] = ours.host
    place['port'] = ours.port
  }

  private async replaceAll(places: readonly Message[]): Promise<void> {
    await Promise.all(places.map((place) => this.replace(place)))
  }

  treatments(): readonly (readonly [number, Treatment])[] {
    const within = (field: string): Treatment => ({
      response: (message) => this.replaceAll(list(message, field)),
      wants: (direction) => direction === 'response',
    })
    return [
      [key.metadata, within('brokers')],
      [key.describeCluster, within('brokers')],
      [
        key.produce,
        {
          ...within('nodeEndpoints'),
          // KIP-951; the field has been there since version 10.
          wants: (direction, version) => direction === 'response' && version >= 10,
        },
      ],
      [
        key.findCoordinator,
        {
          response: (message, { version }) =>
            version >= 4 ? this.replaceAll(list(message, 'coordinators')) : this.replace(message),
          wants: (direction) => direction === 'response',
        },
      ],
    ]
  }
}
