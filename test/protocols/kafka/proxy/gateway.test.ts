/** The filter beside the broker: what crosses the line to a tenant's machine is what the tenant gets. */
import { expect, it } from 'vitest'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { inFrontOfEach } from '../../../support/kafka-upstreams.ts'
import { proxy } from '../../../support/proxy.ts'
import { freePort } from '../../../support/redis.ts'

const size = 1_000

inFrontOfEach('a gateway beside the broker', ({ start }) => {
  const filled = async () => {
    const topics = "topics: { 'orders.*': { start: earliest } }"
    const gateway = await start({ base: '', alice: `tenant: alice, ${topics}` })
    const [base, alice] = [gateway.ownPort('base'), gateway.ownPort('alice')]
    const topic = await newTopic(base)
    const [everybody, her] = [await producer(kafkaJs(base)), await producer(kafkaJs(alice))]
    for (let i = 0; i < 20; i++) {
      const messages = Array.from({ length: 99 }, () => ({ value: 'x'.repeat(size) }))
      await everybody.send({ topic, messages })
      await her.send({ topic, messages: [{ value: `hers ${i}` }] })
    }
    return { base, alice, topic, hers: Array.from({ length: 20 }, (_none, i) => `hers ${i}`), gateway }
  }

  it('sends a tenant its own records only', async () => {
    const { base, alice, topic, hers } = await filled()
    const fetched = async (port: number, count: number): Promise<{ values: string[]; bytes: number }> => {
      const read = await reading(kafkaJs(port), topic, `line-${port}`)
      let bytes = 0
      read.consumer.on(read.consumer.events.REQUEST, ({ payload }) => {
        if (payload.apiName === 'Fetch') bytes += payload.size
      })
      return {
        values: await read.until(count),
        get bytes() {
          return bytes
        },
      }
    }
    const mine = await fetched(alice, 20)
    const all = await fetched(base, 2_000)
    expect(mine.values).toEqual(hers)
    expect(all.values).toHaveLength(2_000)
    // The first response may have come before anybody counted, and holds a megabyte at most.
    expect(all.bytes).toBeGreaterThan(900_000)
    expect(mine.bytes).toBeLessThan(100_000)
  })

  it('may be the upstream of a svc-mock on her machine, which has no lane of its own there', async () => {
    const { alice, base, topic, hers, gateway } = await filled()
    const laptop = await proxy({
      'svc-mock.yaml': `tenant: alice
services:
  bus: { protocol: kafka, tenant: default, listen: 127.0.0.1:0, upstream: '127.0.0.1:${alice}' }
`,
    })
    const port = laptop.ownPort('bus')
    const read = await reading(kafkaJs(port), topic, `chained-${topic}`)
    expect(await read.until(20)).toEqual(hers)
    await (await producer(kafkaJs(port))).send({ topic, messages: [{ value: 'answer' }] })
    expect((await read.until(21)).at(-1)).toBe('answer')
    const admin = kafkaJs(base).admin()
    await admin.connect()
    const { groups } = await admin.listGroups()
    await admin.disconnect()
    const names = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith('chained'))
    expect(names).toEqual([`chained-${topic}.svcm-alice`])
    expect([laptop.notices, gateway.notices]).toEqual([[], []])
  })

  it('tells clients the address and the ports by which others reach it', async () => {
    const first = await freePort()
    const more = `tenant: alice, advertise: 'localhost:${first}'`
    const gateway = await start({ base: '', alice: more })
    const topic = await newTopic(gateway.ownPort('base'))
    const admin = kafkaJs(gateway.ownPort('alice')).admin()
    await admin.connect()
    const { brokers } = await admin.describeCluster()
    await admin.disconnect()
    expect(brokers.map(({ host, port }) => `${host}:${port}`)).toEqual([`localhost:${first}`])
    await (await producer(kafkaJs(gateway.ownPort('alice')))).send({ topic, messages: [{ value: 'hers' }] })
    const read = await reading(kafkaJs(gateway.ownPort('base')), topic, `told-${topic}`)
    expect(await read.until(1)).toEqual(['hers'])
    expect(gateway.notices).toEqual([])
  })
})
