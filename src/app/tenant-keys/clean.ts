/** Removes all that a tenant has on the servers of a workspace. UNLINK, so that the server is not held up by large values. */
import { isError } from '../../protocols/redis/resp/value.ts'
import { checkTenant } from '../tenants.ts'
import { namedKey, pagesOf, patternOf } from './pages.ts'
import { RedisRefusal, textOf } from './redis-client.ts'
import { eachDatabase, type KeyServer } from './servers.ts'

export interface Cleaned {
  readonly server: string
  readonly services: readonly string[]
  /** Keys that are gone; marks of overlay keys are not counted. */
  readonly keys: number
}

/** Rejects with FLAG_INVALID, UPSTREAM_UNREACHABLE, TENANT_KEYS_FAILED; what was removed until then is gone. */
export const cleanKeys = async (
  servers: readonly KeyServer[],
  tenant: string,
): Promise<readonly Cleaned[]> => {
  checkTenant(tenant)
  const cleaned: Cleaned[] = []
  for (const server of servers) {
    let keys = 0
    await server.eachNode((client) =>
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
    cleaned.push({ server: server.address, services: server.services, keys })
  }
  return cleaned
}
