/** The embedded cache with a clock that stands still until it is moved: what ends, and who waits how long. */
import { expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../../src/core/clock.ts'
import { Asking, embeddedCache } from '../../support/embedded-redis.ts'

/** Time that passes when it is told to. */
const stoppedTime = () => {
  let now = 1_700_000_000_000
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  const clock: Clock = {
    after: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  const pass = (ms: number): void => {
    const end = now + ms
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next)
      now = next.at
      next.run()
    }
    now = end
  }
  return { clock, now: () => now, pass, waiting: () => timers.size }
}

const opened = () => {
  const time = stoppedTime()
  const cache = embeddedCache(time)
  onTestFinished(() => cache.close())
  return { time, cache, connect: () => new Asking(cache.connect()) }
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`

it('ends keys at their time, not before', async () => {
  const { time, connect } = opened()
  const redis = connect()
  await redis.ask('SET', 'k', 'v', 'PX', '500')
  time.pass(499)
  expect(await redis.ask('GET', 'k')).toBe(bulk('v'))
  expect(await redis.ask('PTTL', 'k')).toBe(':1\r\n')
  time.pass(1)
  expect(await redis.ask('GET', 'k')).toBe('$-1\r\n')
})

it('tells of keys that have run out although nobody asks for them, and rests when none can', async () => {
  const { time, connect } = opened()
  const [redis, listener] = [connect(), connect()]
  await redis.ask('CONFIG', 'SET', 'notify-keyspace-events', 'Ex')
  await listener.ask('SUBSCRIBE', '__keyevent@0__:expired')
  await redis.ask('SET', 'k', 'v', 'PX', '250')
  time.pass(250)
  time.pass(100)
  expect(await listener.next()).toBe(`*3\r\n${bulk('message')}${bulk('__keyevent@0__:expired')}${bulk('k')}`)
  time.pass(1_000)
  expect(time.waiting()).toBe(0)
})

it('aborts a transaction whose watched key ran out', async () => {
  const { time, connect } = opened()
  const redis = connect()
  await redis.ask('SET', 'k', 'v', 'PX', '50')
  await redis.ask('WATCH', 'k')
  time.pass(50)
  await redis.ask('MULTI')
  await redis.ask('PING')
  expect(await redis.ask('EXEC')).toBe('*-1\r\n')
})

it('lets go who has waited long enough, and whoever came first is served first', async () => {
  const { time, connect } = opened()
  const [first, second, third, writer] = [connect(), connect(), connect(), connect()]
  first.send('BLPOP', 'l', '0')
  await writer.ask('PING')
  second.send('BRPOP', 'l', 'm', '1.5')
  await writer.ask('PING')
  third.send('BLMOVE', 'l', 'to', 'LEFT', 'RIGHT', '1')
  third.send('ECHO', 'behind it')
  await writer.ask('PING')
  time.pass(1_000)
  expect(await third.next()).toBe('*-1\r\n')
  expect(await third.next()).toBe(bulk('behind it'))
  expect(second.unread).toBe(0)
  expect(await writer.ask('RPUSH', 'l', 'a', 'b', 'c')).toBe(':3\r\n')
  expect(await first.next()).toBe(`*2\r\n${bulk('l')}${bulk('a')}`)
  expect(await second.next()).toBe(`*2\r\n${bulk('l')}${bulk('c')}`)
  expect(await writer.ask('LRANGE', 'l', '0', '-1')).toBe(`*1\r\n${bulk('b')}`)
  expect(time.waiting()).toBe(0)
})

it('serves those who wait only when a transaction is through', async () => {
  const { connect } = opened()
  const [waiting, writer] = [connect(), connect()]
  waiting.send('BZPOPMIN', 'z', '0')
  for (const args of [['PING'], ['MULTI'], ['ZADD', 'z', '2', 'b'], ['ZADD', 'z', '1', 'a'], ['EXEC']])
    await writer.ask(...args)
  expect(await waiting.next()).toBe(`*3\r\n${bulk('z')}${bulk('a')}${bulk('1')}`)
})

it('tells readers of a stream that their group or key is gone', async () => {
  const { connect } = opened()
  const [reader, writer] = [connect(), connect()]
  await writer.ask('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM')
  reader.send('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', '0', 'STREAMS', 's', '>')
  await writer.ask('PING')
  await writer.ask('DEL', 's')
  expect(await reader.next()).toBe('-UNBLOCKED the stream key no longer exists\r\n')
})

it('shows each key that stays once while a scan goes on', async () => {
  const { connect } = opened()
  const redis = connect()
  for (let i = 0; i < 300; i++) await redis.ask('SET', `k${i}`, 'v')
  const seen: string[] = []
  let cursor = '0'
  let page = 0
  do {
    const reply = await redis.ask('SCAN', cursor, 'COUNT', '20')
    const [, next, ...keys] = [...reply.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, text]) => text!)
    cursor = reply.split('\r\n')[2]!
    seen.push(...[next!, ...keys].filter((key) => key.startsWith('k')))
    // Keys come and go between the pages, and those that went by are many.
    for (let i = 0; i < 15; i++) await redis.ask('DEL', `k${page * 15 + i + 150}`)
    await redis.ask('SET', `late${page++}`, 'v')
  } while (cursor !== '0')
  const stayed = seen.filter((key) => Number(key.slice(1)) < 150)
  expect(stayed.length).toBe(new Set(stayed).size)
  expect(stayed.length).toBe(150)
})

it('keeps back what a slow reader has not taken', async () => {
  const { connect, cache } = opened()
  const writer = connect()
  await writer.ask('SET', 'big', 'x'.repeat(100_000))
  const slow = cache.connect()
  for (let i = 0; i < 200; i++) slow.write('GET big\r\n')
  await writer.ask('PING')
  await writer.ask('PING')
  expect(slow.readableLength).toBeLessThan(2_000_000)
  let bytes = 0
  const all = Promise.withResolvers<void>()
  slow.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes === 200 * (100_000 + '$100000\r\n\r\n'.length)) all.resolve()
  })
  await all.promise
})
