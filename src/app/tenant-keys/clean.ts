/** Removes all that a tenant has on the servers of a workspace. UNLINK, so that the server is not held up by large values. */
import type { Config } from '../../config/config.ts'
import { isError } from '../../protocols/redis/resp/value.ts'
import { checkTenant } from '../tenants.ts'
import { namedKey, pagesOf, patternOf } from './pages.ts'
import { RedisRefusal, textOf } from './redis-client.ts'
import { addressOf, dialFor, eachDatabase, eachNode, keyServers } from './servers.ts'

export interface Cleaned {
  readonly server: string
  readonly services: readonly string[]
  /** Keys that are gone; marks of overlay keys are not counted. */
  readonly keys: number
}

export interface CleanWish {
  readonly tenant: string
  readonly service: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Rejects with FLAG_INVALID, UPSTREAM_UNREACHABLE, TENANT_KEYS_FAILED; what was removed until then is gone. */
export const cleanKeys = async (
  config: Config,
  { tenant, service, env }: CleanWish,
): Promise<readonly Cleaned[]> => {
  checkTenant(tenant)
  const cleaned: Cleaned[] = []
  const dial = dialFor(config)
  for (const server of keyServers(config, service)) {
    let keys = 0
    await eachNode(server, dial, env, (client) =>
      eachDatabase(server, client, async () => {
        for await (const page of pagesOf(client, patternOf(tenant))) {
          // In a cluster the keys of one command must share a slot, so that each has its own.
          const replies = await client.askAll(page.map((wire) => ['UNLINK', wire]))
          const refused = replies.find(isError)
          if (refused !== undefined) throw new RedisRefusal(textOf(refused))
          replies.forEach((reply, i) => {
            if (textOf(reply) === '1' && namedKey(page[i]!, false)?.mark === false) keys++
          })
        }
      }),
    )
    cleaned.push({ server: addressOf(server), services: server.services, keys })
  }
  return cleaned
}
