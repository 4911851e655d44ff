/** A broker that wants TLS and SASL: clients speak SASL through us, and questions of our own find their own way in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SASLOptions } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KafkaBroker, kafkaJars, startKafka, startMs } from '../../../support/kafka.ts'
import { kafkaJs, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy } from '../../../support/proxy.ts'
import { identity, ourAuthority } from '../../../support/tls.ts'

const jars = kafkaJars()
const password = 'not so secret'

describe.skipIf(jars === undefined)('with TLS and SASL', () => {
  let broker: KafkaBroker
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-kafka-tls-'))
  const ca = join(folder, 'ca.pem')

  beforeAll(async () => {
    const { cert, key } = identity(ourAuthority(), ['127.0.0.1'])
    const store = join(folder, 'broker.pem')
    writeFileSync(ca, ourAuthority().pem)
    writeFileSync(store, `${key}${cert}${ourAuthority().pem}`)
    const login = (module: string, rest: string): string =>
      `org.apache.kafka.common.security.${module} required${rest};`
    const name = 'listener.name.sasl_ssl'
    broker = await startKafka(jars!, {
      protocol: 'SASL_SSL',
      scram: [
        `SCRAM-SHA-256=[name=app,password="${password}"]`,
        `SCRAM-SHA-512=[name=app,password="${password}"]`,
      ],
      properties: [
        'ssl.keystore.type=PEM',
        `ssl.keystore.location=${store}`,
        'ssl.truststore.type=PEM',
        `ssl.truststore.location=${ca}`,
        'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'sasl.mechanism.inter.broker.protocol=PLAIN',
        `${name}.plain.sasl.jaas.config=${login('plain.PlainLoginModule', ` username="app" password="${password}" user_app="${password}"`)}`,
        `${name}.scram-sha-256.sasl.jaas.config=${login('scram.ScramLoginModule', '')}`,
        `${name}.scram-sha-512.sasl.jaas.config=${login('scram.ScramLoginModule', '')}`,
      ],
    })
  }, startMs)
  afterAll(async () => {
    await broker?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const own = async (more = '') => {
    const started = await proxy(
      {
        'svc-mock.yaml': `tenant: alice\nservices:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: 'kafkas://${broker.address}', tls: { upstreamCa: ${ca} }${more} }\n`,
      },
      { env: { KAFKA_PASSWORD: password } },
    )
    return { port: started.ownPort('bus'), notices: started.notices }
  }
  const sasl = (mechanism: string, secret = password): { sasl: SASLOptions } => ({
    sasl: { mechanism, username: 'app', password: secret } as SASLOptions,
  })
  const asks = (mechanism: string): string =>
    `, sasl: { mechanism: ${mechanism}, username: app, password: '\${KAFKA_PASSWORD}' }`

  it.each([
    ['as the client has said', 'plain', ''],
    ['as configured', 'scram-sha-256', asks('SCRAM-SHA-256')],
    ['as configured', 'scram-sha-512', asks('SCRAM-SHA-512')],
    ['as configured, another way', 'scram-sha-256', asks('PLAIN')],
  ])('we ask %s where groups begin, and %s passes', async (_how, mechanism, more) => {
    const { port, notices } = await own(more)
    const kafka = kafkaJs(port, sasl(mechanism))
    const admin = kafka.admin()
    await admin.connect()
    const topic = `secured.${mechanism}.${more.length}`
    await admin.createTopics({
      topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
      waitForLeaders: true,
    })
    const sender = await producer(kafka)
    await sender.send({ topic, messages: [{ value: 'before' }] })
    const read = await reading(kafka, topic, `g-${topic}`)
    await sender.send({ topic, messages: [{ value: 'after' }] })
    // It would begin at `before`, had nobody committed for it.
    expect(await read.until(1)).toEqual(['after'])
    await admin.disconnect()
    expect(notices).toEqual([])
  })

  it('a wrong password is refused by the broker itself', async () => {
    const { port } = await own()
    const admin = kafkaJs(port, { ...sasl('plain', 'wrong'), retry: { retries: 0 } }).admin()
    await expect(admin.connect()).rejects.toThrow(/authentication/i)
  })

  it('what cannot be said again leaves the beginning to the client, and says so', async () => {
    const { port, notices } = await own()
    const kafka = kafkaJs(port, sasl('scram-sha-256'))
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'unsaid' }], waitForLeaders: true })
    await admin.disconnect()
    await (await producer(kafka)).send({ topic: 'unsaid', messages: [{ value: 'before' }] })
    expect(await (await reading(kafka, 'unsaid', 'unsaid')).until(1)).toEqual(['before'])
    expect(notices.join()).toMatch(/where the group unsaid begins could not be written.*add sasl:/)
  })
})
