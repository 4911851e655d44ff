/** Keys of tenants, page by page: SCAN, so that the server is never held up. */
import { laneRoot } from '../../core/lane.ts'
import { strings } from '../../protocols/redis/resp/value.ts'
import { type RedisClient, textOf } from './redis-client.ts'

/** The keys themselves, and the marks of overlay keys (`svcm:alice~…`). A tenant's name holds no sign of patterns. */
export const patternOf = (tenant: string | undefined): string => `${laneRoot}${tenant ?? '*'}[:~]*`

export async function* pagesOf(
  client: RedisClient,
  pattern: string,
  pagesAtMost = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Buffer[]> {
  let cursor = '0'
  let pages = 0
  do {
    const { items = [] } = await client.ask('SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000')
    const found = items[1] === undefined ? [] : strings(items[1])
    if (found.length > 0) yield found
    cursor = textOf(items[0])
  } while (cursor !== '0' && cursor !== '' && ++pages < pagesAtMost)
}

export interface NamedKey {
  readonly tenant: string
  /** As the application knows it; a mark is none of its keys. */
  readonly key: Buffer
  readonly mark: boolean
}

/** undefined: no tenant's. */
export const namedKey = (wire: Buffer, cluster: boolean): NamedKey | undefined => {
  const text = wire.toString('latin1')
  const match = /^svcm:([^:~]+)([:~])/.exec(text)
  if (match === null) return undefined
  const rest = wire.subarray(match[0].length)
  // `r` and the key, or `w{key}`: see protocols/redis/names.ts.
  const key = !cluster ? rest : rest[0] === 114 ? rest.subarray(1) : rest.subarray(2, -1)
  return { tenant: match[1]!, key, mark: match[2] === '~' }
}
