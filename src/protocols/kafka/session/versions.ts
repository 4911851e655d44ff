/**
 * What clients are told that may be spoken here: what the broker and we both know, and no version in which topics have no names
 * any more (KIP-516), because records are told apart by topic.
 */
import { type Api, apis, int, list, type Message } from '../messages/index.ts'
import * as key from './keys.ts'
import type { Treatment } from './treatment.ts'

/** Last versions with names of topics. */
const lastNamed: ReadonlyMap<number, number> = new Map([
  [key.produce, 12],
  [key.fetch, 12],
  [key.offsetCommit, 9],
  [key.offsetFetch, 9],
])

/**
 * APIs that nobody behind us may use: share groups and groups of streams, whose names stand in places of their own, cursors over
 * topics, and what changes the shared cluster's own quorum.
 */
const hidden: ReadonlySet<number> = new Set([75, 76, 77, 78, 79, 80, 81, 88, 89, 90, 91, 92])

/** Only hidden from tenants: rules about names that would have to be mapped. */
const hiddenFromTenants: ReadonlySet<number> = new Set([29, 30, 31])

/** Kafka's UNSUPPORTED_VERSION. */
export const unsupportedVersion = 35

export class Versions {
  private readonly range = new Map<number, readonly [number, number]>()

  constructor(tenant: boolean) {
    for (const api of apis) {
      if (hidden.has(api.key) || (tenant && hiddenFromTenants.has(api.key))) continue
      // Version 0 of the handshake is followed by tokens without any frame.
      const min = api.key === key.saslHandshake ? 1 : api.min
      this.range.set(api.key, [min, Math.min(api.max, lastNamed.get(api.key) ?? api.max)])
    }
  }

  has(api: Api, version: number): boolean {
    const range = this.range.get(api.key)
    return range !== undefined && version >= range[0] && version <= range[1]
  }

  /** For messages: `0 to 12`. */
  shown(api: Api): string {
    const range = this.range.get(api.key)
    return range === undefined ? 'none' : `${range[0]} to ${range[1]}`
  }

  /** The answer to an ApiVersions request of a version that nobody knows, in version 0 (KIP-511). */
  tooNew(): Message {
    const [minVersion, maxVersion] = this.range.get(key.apiVersions)!
    return { errorCode: unsupportedVersion, apiKeys: [{ apiKey: key.apiVersions, minVersion, maxVersion }] }
  }

  readonly treatment: Treatment = {
    response: (message) => {
      message['apiKeys'] = list(message, 'apiKeys').flatMap((offered) => {
        const range = this.range.get(int(offered, 'apiKey'))
        if (range === undefined) return []
        const min = Math.max(range[0], int(offered, 'minVersion'))
        const max = Math.min(range[1], int(offered, 'maxVersion'))
        if (min > max) return []
        // librdkafka takes compression for unknown where version 0 isn't offered (KAFKA-18659).
        offered['minVersion'] = int(offered, 'apiKey') === key.produce ? 0 : min
        offered['maxVersion'] = max
        return [offered]
      })
    },
  }
}
