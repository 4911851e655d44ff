/** What isn't Kafka, what nobody knows, and brokers that go away: an error in Kafka's words or a closed connection, and one notice. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf, decodeResponse, encodeRequest, list } from '../../../../src/protocols/kafka/messages/index.ts'
import { readResponseHead, writeRequest } from '../../../../src/protocols/kafka/wire/header.ts'
import { type KafkaBroker, kafkaJars, startKafka } from '../../../support/kafka.ts'
import { kafkaJs, newTopic, producer, reading } from '../../../support/kafka-clients.ts'
import { proxy, type TestProxy } from '../../../support/proxy.ts'

const embedded = async (settings = ''): Promise<TestProxy & { own: number }> => {
  const started = await proxy({
    'svc-mock.yaml': `services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: embedded${settings} }\n`,
  })
  return { ...started, own: started.ownPort('bus') }
}

/** What comes until the connection ends. */
const answerTo = async (port: number, bytes: Uint8Array | string): Promise<Buffer> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  const chunks: Buffer[] = []
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks)
}

const request = (apiKey: number, apiVersion: number, body: Uint8Array = new Uint8Array(0)): Buffer =>
  writeRequest({ apiKey, apiVersion, correlationId: 7, clientId: 'bad' }, body)

const firstAnswer = async (port: number, bytes: Uint8Array): Promise<Buffer> => {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(bytes)
  let all: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    all = Buffer.concat([all, chunk as Buffer])
    if (all.length >= 4 && all.length >= 4 + all.readInt32BE(0)) break
  }
  return all.subarray(4)
}

describe('bad input', () => {
  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', /it speaks HTTP/],
    ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]), /it speaks TLS/],
    ['2 GB', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0]), /2147483647/],
    ['a negative size', Buffer.from([0xff, 0xff, 0xff, 0xff]), /-1/],
    ['half a header', Buffer.from([0, 0, 0, 3, 0, 18, 0]), /header/],
    ['an unknown API', request(999, 0), /the API 999/],
    ['a hidden API', request(78, 1), /ShareFetch of version 1; svc-mock passes on none/],
    ['Fetch with ids of topics', request(1, 13), /Fetch of version 13; svc-mock passes on 0 to 12/],
    ['a cut message', request(36, 0, Buffer.from([0, 0])), /SaslAuthenticate request v0/],
  ])('%s ends the connection, and is told once', async (_what, bytes, said) => {
    const { own, notices } = await embedded()
    expect(await answerTo(own, bytes)).toHaveLength(0)
    expect(await answerTo(own, bytes)).toHaveLength(0)
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(said)
  })

  it('ApiVersions of a version that nobody knows is answered in version 0', async () => {
    const { own } = await embedded()
    const answer = await firstAnswer(own, request(18, 99))
    const api = apiOf(18)!
    const { correlationId, end } = readResponseHead(api, 0, answer)
    expect(correlationId).toBe(7)
    expect(decodeResponse(api, 0, answer.subarray(end))).toMatchObject({
      errorCode: 35,
      apiKeys: [{ apiKey: 18, minVersion: 0 }],
    })
  })

  it('the handshake without frames is refused in words', async () => {
    const { own, notices } = await embedded()
    const api = apiOf(17)!
    const answer = await firstAnswer(own, request(17, 0, encodeRequest(api, 0, { mechanism: 'PLAIN' })))
    const { end } = readResponseHead(api, 0, answer)
    expect(decodeResponse(api, 0, answer.subarray(end))).toMatchObject({ errorCode: 35 })
    expect(notices).toHaveLength(1)
  })

  it('tells what may be spoken: no topics without names, no hidden APIs, Produce from 0', async () => {
    const { own } = await embedded()
    const api = apiOf(18)!
    const answer = await firstAnswer(own, request(18, 0))
    const { end } = readResponseHead(api, 0, answer)
    const ranges = new Map(
      list(decodeResponse(api, 0, answer.subarray(end)), 'apiKeys').map((one) => [
        one['apiKey'],
        [one['minVersion'], one['maxVersion']],
      ]),
    )
    expect(ranges.get(0)![0]).toBe(0)
    expect(ranges.get(0)![1]).toBeLessThanOrEqual(12)
    expect(ranges.get(1)![1]).toBeLessThanOrEqual(12)
    expect(ranges.has(78)).toBe(false)
  })

  it('a broker that does not speak Kafka is named', async () => {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => undefined)
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const started = await proxy({
      'svc-mock.yaml': `services:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '127.0.0.1:${port}' }\n`,
    })
    await answerTo(started.ownPort('bus'), request(18, 0))
    expect(started.notices.join()).toMatch(/the broker does not speak Kafka.*HTTP/)
  })
})

const jars = kafkaJars()

describe.skipIf(jars === undefined)('a broker that goes away', () => {
  const running = async (): Promise<KafkaBroker> => {
    const broker = await startKafka(jars!)
    onTestFinished(() => broker.stop())
    return broker
  }

  it('is missed with one notice, and clients go on when it is back', { timeout: 60_000 }, async () => {
    const broker = await running()
    const started = await proxy({
      'svc-mock.yaml': `tenant: alice\nservices:\n  bus: { protocol: kafka, listen: 127.0.0.1:0, upstream: '${broker.address}' }\n`,
    })
    const own = started.ownPort('bus')
    const topic = await newTopic(broker.port)
    const read = await reading(kafkaJs(own), topic, 'g')
    const sender = await producer(kafkaJs(own))
    await sender.send({ topic, messages: [{ value: 'before' }] })
    await read.until(1)
    await broker.kill()
    const later = sender.send({ topic, messages: [{ value: 'after' }] })
    // Somebody tried meanwhile.
    while (started.notices.length === 0) await answerTo(own, request(18, 0))
    await broker.restart()
    await later
    // What was not committed yet comes again, as with any broker.
    while (!read.values.includes('after')) await read.until(read.values.length + 1)
    expect(new Set(read.values)).toEqual(new Set(['before', 'after']))
    const unreachable = started.notices.filter((text) => text.includes('cannot be reached'))
    expect(unreachable).toHaveLength(1)
  })
})
