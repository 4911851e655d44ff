/** Messages that no program tags: who gets them is said by what they hold. */
import { expect, it, onTestFinished } from 'vitest'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { inFrontOfEach } from '../../../support/kafka-upstreams.ts'

const claims = `tenants:
  alice: { claims: [{ topic: 'orders.*', value: { userId: '10086' }, services: [base, alice, bob] }] }
  bob: { claims: [{ topic: 'orders.*', value: { userId: { $oneOf: ['20001', '20002'] } }, services: [base, alice, bob] }] }
`

const order = (userId: string, id: number): string => JSON.stringify({ id, userId })

inFrontOfEach('claimed messages', ({ start }) => {
  const all = async (topics: string) => {
    const more = `topics: { 'orders.*': ${topics} }`
    const started = await start(
      { real: '', base: more, alice: `tenant: alice, ${more}`, bob: `tenant: bob, ${more}` },
      claims,
    )
    const port = (name: string): number => started.ownPort(name)
    return {
      real: port('real'),
      base: port('base'),
      alice: port('alice'),
      bob: port('bob'),
      notices: started.notices,
    }
  }

  it('reach their tenants, although nobody has tagged them, and the baseline gets all others', async () => {
    const { real, base, alice, bob, notices } = await all('{ lane: guarded }')
    const topic = await newTopic(real)
    const everybody = await reading(kafkaJs(base, { clientId: 'claims-base' }), topic, 'claims')
    const hers = await reading(kafkaJs(alice), topic, 'claims')
    const his = await reading(kafkaJs(bob), topic, 'claims')
    const sender = await producer(kafkaJs(real))
    const values = ['10086', '1', '20001', '10086', '20002', '2'].map(order)
    // Neither JSON nor an order: nobody claims it.
    for (const value of [...values, 'no order', '3'])
      await sender.send({ topic, messages: [{ value, headers: { source: 'legacy' } }] })
    expect(await hers.until(2)).toEqual([values[0], values[3]])
    expect(await his.until(2)).toEqual([values[2], values[4]])
    expect(await everybody.until(4)).toEqual([values[1], values[5], 'no order', '3'])
    expect(notices).toEqual([])
  })

  it('get the tag of whoever claims them when they are produced, whoever does', async () => {
    const { real, base, alice, bob } = await all('{ lane: mirror }')
    const topic = await newTopic(real)
    const other = await newTopic(real, 1, 'payments')
    const messages = [order('10086', 1), order('7', 2)].map((value) => ({ value }))
    for (const port of [base, alice, bob]) {
      const sender = await producer(kafkaJs(port))
      for (const name of [topic, other]) await sender.send({ topic: name, messages })
    }
    const consumer = kafkaJs(real).consumer({ groupId: `tags-${topic}`, maxWaitTimeInMs: 200 })
    await consumer.connect()
    onTestFinished(() => consumer.disconnect())
    await consumer.subscribe({ topics: [topic, other], fromBeginning: true })
    const tags = new Map<string, string[]>([
      [topic, []],
      [other, []],
    ])
    const done = Promise.withResolvers<void>()
    await consumer.run({
      eachMessage: async ({ topic: name, message: { headers } }) => {
        tags.get(name)!.push(String(headers?.['svcm-tenant'] ?? ''))
        if ([...tags.values()].flat().length === 12) done.resolve()
      },
    })
    await done.promise
    expect(tags.get(topic)).toEqual(['alice', '', 'alice', 'alice', 'alice', 'bob'])
    expect(tags.get(other)).toEqual(['', '', 'alice', 'alice', 'bob', 'bob'])
  })
})
