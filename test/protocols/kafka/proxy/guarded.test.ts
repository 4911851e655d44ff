/** A guarded topic: each of a tenant's records is seen by the tenant or by the baseline, and never by both. */
import { expect, it } from 'vitest'
import { commitAt, kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { inFrontOfEach } from '../../../support/kafka-upstreams.ts'

inFrontOfEach('guarded topics', ({ start }) => {
  const guarded = async (offline: 'hold' | 'baseline') => {
    const topics = `topics: { 'orders.*': { lane: guarded, offline: ${offline} } }`
    const started = await start({ real: '', base: topics, alice: `tenant: alice, ${topics}` })
    const port = (name: string): number => started.ownPort(name)
    return { real: port('real'), base: port('base'), alice: port('alice'), notices: started.notices }
  }

  const sending = async (port: number, topic: string) => {
    const sender = await producer(kafkaJs(port))
    return async (...values: string[]): Promise<void> => {
      await sender.send({ topic, messages: values.map((value) => ({ value })) })
    }
  }

  it('go to the baseline until the tenant reads, and to the tenant from then on', async () => {
    const { real, base, alice, notices } = await guarded('hold')
    const topic = await newTopic(real, 1)
    const everybody = await reading(kafkaJs(base, { clientId: 'base' }), topic, 'g')
    const send = await sending(alice, topic)
    const sendBase = await sending(base, topic)
    await send('before 1', 'before 2')
    expect(await everybody.until(2)).toEqual(['before 1', 'before 2'])
    const hers = await reading(kafkaJs(alice), topic, 'g')
    await send('hers 1')
    await sendBase('anybody 1')
    await send('hers 2')
    await sendBase('anybody 2')
    expect(await hers.until(2)).toEqual(['hers 1', 'hers 2'])
    expect(await everybody.until(4)).toEqual(['before 1', 'before 2', 'anybody 1', 'anybody 2'])
    // Held for her while she is away.
    await hers.consumer.disconnect()
    await send('held')
    await sendBase('anybody 3')
    expect((await everybody.until(5)).at(-1)).toBe('anybody 3')
    expect(await (await reading(kafkaJs(alice), topic, 'g')).until(1)).toEqual(['held'])
    expect(notices).toEqual([])
  })

  it('come back to the baseline when the tenant has gone, if that is wanted', async () => {
    const { real, base, alice, notices } = await guarded('baseline')
    const topic = await newTopic(real, 1)
    const everybody = await reading(kafkaJs(base, { clientId: 'away' }), topic, 'away')
    const hers = await reading(kafkaJs(alice), topic, 'away')
    const send = await sending(alice, topic)
    await send('hers')
    expect(await hers.until(1)).toEqual(['hers'])
    await hers.consumer.disconnect()
    // A claim counts for half a minute without a member, so that one can join; here that was long ago.
    await commitAt(real, 'away.svcm-alice.claim', topic, 0n, 'claimed 1')
    await send('away')
    expect(await everybody.until(1)).toEqual(['away'])
    const back = await reading(kafkaJs(alice), topic, 'away')
    await send('again')
    expect(await back.until(1)).toEqual(['again'])
    expect(everybody.values).toEqual(['away'])
    expect(notices).toEqual([])
  })

  it("are nobody's where the tenant leaves them unread and the baseline has passed them", async () => {
    const { real, base, alice, notices } = await guarded('baseline')
    const topic = await newTopic(real, 1)
    const everybody = await reading(kafkaJs(base, { clientId: 'left' }), topic, 'left')
    const hers = await reading(kafkaJs(alice), topic, 'left', { autoCommit: false })
    const send = await sending(alice, topic)
    const sendBase = await sending(base, topic)
    await send('unread')
    await sendBase('passed')
    expect(await everybody.until(1)).toEqual(['passed'])
    await hers.consumer.disconnect()
    await commitAt(real, 'left.svcm-alice.claim', topic, 0n, 'claimed 1')
    await send('after')
    expect(await everybody.until(2)).toEqual(['passed', 'after'])
    // A consumer that comes back goes on with a claim from now on: what the baseline got would come twice else.
    const back = await reading(kafkaJs(alice), topic, 'left')
    await send('again')
    expect(await back.until(1)).toEqual(['again'])
    // Whoever had not passed them gets them: here a group that goes back.
    await everybody.consumer.disconnect()
    await back.consumer.disconnect()
    await commitAt(real, 'left.svcm-alice.claim', topic, 0n, 'claimed 1')
    await commitAt(real, 'left', topic, 0n)
    const behind = await reading(kafkaJs(base, { clientId: 'left' }), topic, 'left')
    expect(await behind.until(4)).toEqual(['unread', 'passed', 'after', 'again'])
    expect(notices).toEqual([])
  })

  it('are claimed again when group and claim were removed meanwhile', async () => {
    const { real, base, alice, notices } = await guarded('hold')
    const topic = await newTopic(real, 1)
    const everybody = await reading(kafkaJs(base, { clientId: 'anew' }), topic, 'anew')
    const send = await sending(alice, topic)
    const hers = await reading(kafkaJs(alice), topic, 'anew')
    await send('1')
    expect(await hers.until(1)).toEqual(['1'])
    await hers.consumer.disconnect()
    const admin = kafkaJs(real).admin()
    await admin.connect()
    await admin.deleteGroups(['anew.svcm-alice', 'anew.svcm-alice.claim'])
    await admin.disconnect()
    await send('2')
    expect(await everybody.until(1)).toEqual(['2'])
    const again = await reading(kafkaJs(alice), topic, 'anew')
    await send('3')
    expect(await again.until(1)).toEqual(['3'])
    await (await sending(base, topic))('end')
    expect(await everybody.until(2)).toEqual(['2', 'end'])
    expect(notices).toEqual([])
  })

  it('begin at a claim of which the group had not heard', async () => {
    const { real, base, alice, notices } = await guarded('hold')
    const topic = await newTopic(real, 1)
    const send = await sending(alice, topic)
    for (const value of ['before', '1', '2']) await send(value)
    // As if the one that made it had ended there.
    await commitAt(real, 'heard.svcm-alice.claim', topic, 1n, `claimed ${Date.now()}`)
    const everybody = await reading(kafkaJs(base, { clientId: 'heard' }), topic, 'heard')
    expect(await everybody.until(1)).toEqual(['before'])
    expect(await (await reading(kafkaJs(alice), topic, 'heard')).until(2)).toEqual(['1', '2'])
    expect(notices).toEqual([])
  })

  it('are not kept by a claim that its maker never finished', async () => {
    const { real, base, alice } = await guarded('hold')
    const topic = await newTopic(real, 1)
    await commitAt(real, 'begun.svcm-alice.claim', topic, 0n, 'claiming 1')
    const everybody = await reading(kafkaJs(base, { clientId: 'begun' }), topic, 'begun')
    await (await sending(alice, topic))('hers')
    expect(await everybody.until(1)).toEqual(['hers'])
  })

  it('are divided without a gap, however the two race', { timeout: 40_000 }, async () => {
    const { real, base, alice, notices } = await guarded('hold')
    const topic = await newTopic(real, 2)
    const everybody = await reading(kafkaJs(base, { clientId: 'racer' }), topic, 'race')
    const sender = await producer(kafkaJs(alice))
    const count = 200
    const sent = (async () => {
      for (let i = 0; i < count; i++)
        await sender.send({ topic, messages: [{ value: String(i), partition: i % 2 }] })
    })()
    await everybody.until(20)
    const hers = await reading(kafkaJs(alice), topic, 'race')
    await sent
    while (everybody.values.length + hers.values.length < count)
      await Promise.race([everybody.until(everybody.values.length + 1), hers.until(hers.values.length + 1)])
    // What comes last is hers; behind it nothing can come twice.
    const last = await sending(base, topic)
    await last('end')
    while (!everybody.values.includes('end')) await everybody.until(everybody.values.length + 1)
    const seen = [...everybody.values.filter((value) => value !== 'end'), ...hers.values].map(Number)
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_none, i) => i))
    expect(hers.values.length).toBeGreaterThan(0)
    expect(notices).toEqual([])
  })
})
