/** The embedded cache beside a real server: the same commands, the same bytes, in both versions of RESP. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { seededChance } from '../../../src/core/clock.ts'
import { Asking, connectTo, embeddedCache } from '../../support/embedded-redis.ts'
import { comparable, Draw, randomCommand } from '../../support/random-redis.ts'
import { hasRedis, type RedisServer, startRedis } from '../../support/redis.ts'

describe.skipIf(!hasRedis)('the embedded cache', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  const both = async (resp: string) => {
    const cache = embeddedCache()
    onTestFinished(() => cache.close())
    const real = new Asking(await connectTo(server.port))
    const own = new Asking(cache.connect())
    onTestFinished(() => void real.stream.destroy())
    for (const one of [real, own]) {
      await one.ask('HELLO', resp)
      await one.ask('FLUSHALL')
    }
    return { real, own }
  }

  const runs = Number(process.env['REDIS_ORACLE_RUNS'] ?? 4)
  const length = 1_500

  for (const resp of ['2', '3'])
    it.each(Array.from({ length: runs }, (_none, i) => i + 1))(
      `answers as a real one does in RESP${resp}, seed %i`,
      async (seed) => {
        const { real, own } = await both(resp)
        const draw = new Draw(seededChance(seed * 10 + Number(resp)))
        for (let i = 0; i < length; i++) {
          const args = randomCommand(draw)
          const [theirs, ours] = await Promise.all([real.ask(...args), own.ask(...args)])
          const told = `${i}: ${JSON.stringify(args)}`
          expect([told, comparable(args[0]!, ours)]).toEqual([told, comparable(args[0]!, theirs)])
        }
      },
    )
})
