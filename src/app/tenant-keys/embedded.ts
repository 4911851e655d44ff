/** Keys of tenants in the caches that are embedded in a running proxy: counted and removed there, since nobody else can reach them. */
import type { Duplex } from 'node:stream'
import type { Config } from '../../config/config.ts'
import { type Cleaned, cleanKeys } from './clean.ts'
import { type Holding, holdings } from './holdings.ts'
import { embeddedServers, type KeyServer } from './servers.ts'

export type { Cleaned } from './clean.ts'
export type { Holding } from './holdings.ts'

export interface EmbeddedPlace {
  readonly config: Config
  /** See ProtocolServer. */
  connectEmbedded(service: string): Duplex | undefined
}

export class EmbeddedKeys {
  private readonly place: () => EmbeddedPlace

  constructor(place: () => EmbeddedPlace) {
    this.place = place
  }

  /** Of a tenant, or of all of them. Rejects with FLAG_INVALID for a service that is none of Redis. */
  async list(tenant: string | undefined, service: string | undefined): Promise<readonly Holding[]> {
    return holdings(this.servers(service), { tenant })
  }

  /** Keys of presets stay away, too, until a reset brings them back. Rejects with FLAG_INVALID. */
  async clean(tenant: string, service: string | undefined): Promise<readonly Cleaned[]> {
    return cleanKeys(this.servers(service), tenant)
  }

  private servers(service: string | undefined): readonly KeyServer[] {
    const { config, connectEmbedded } = this.place()
    return embeddedServers(config, service, connectEmbedded)
  }
}
