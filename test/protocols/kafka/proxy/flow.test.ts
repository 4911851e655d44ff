/** A connection's messages stay in their order, whether they pass as their bytes come, are worked on, or are answers of our own. */
import type { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { duplexPair } from '../../../../src/core/duplex-pair.ts'
import { StreamedMemory } from '../../../../src/core/streamed-memory.ts'
import { Flow } from '../../../../src/protocols/kafka/session/flow.ts'

const framed = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + text.length)
  bytes.writeInt32BE(text.length)
  bytes.write(text, 4, 'latin1')
  return bytes
}

const setUp = (message: (flow: Flow, frame: Buffer) => Promise<void> | void) => {
  const [client, from] = duplexPair()
  const [to, server] = duplexPair()
  const errors: string[] = []
  let ended = 0
  const flow: Flow = new Flow({
    from,
    to,
    largest: 1 << 20,
    memory: new StreamedMemory(),
    passes: (beginning) => beginning[0] === 0x70,
    message: (frame) => message(flow, frame),
    ended: () => {
      ended++
      to.end()
    },
    failed: (error) => {
      errors.push(error.message)
      to.end()
    },
  })
  return { client, server, flow, errors, ends: () => ended }
}

const all = async (server: Duplex): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of server) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

it('what is worked on holds up what comes behind it, and the end', async () => {
  const gate = Promise.withResolvers<void>()
  const { client, server, ends } = setUp(async (flow, frame) => {
    await gate.promise
    flow.write([framed(frame.toString('latin1').toUpperCase())])
  })
  const messages = ['p1', 'work', 'p2', 'more', `p${'x'.repeat(100_000)}`, 'p3'].map(framed)
  client.end(Buffer.concat(messages))
  const came = all(server)
  await new Promise(setImmediate)
  expect(ends()).toBe(0)
  gate.resolve()
  const wanted = ['p1', 'WORK', 'p2', 'MORE', `p${'x'.repeat(100_000)}`, 'p3'].map(framed)
  expect(await came).toBe(Buffer.concat(wanted).toString('latin1'))
  expect(ends()).toBe(1)
})

it('one that does not pass may go on as it came', async () => {
  const { client, server } = setUp((flow) => flow.writeWhole())
  const whole = Buffer.concat([framed('p1'), framed('as it came'), framed('p2')])
  for (const byte of whole) client.write(Buffer.from([byte]))
  client.end()
  expect(await all(server)).toBe(whole.toString('latin1'))
})

it('neighbours in one chunk are written at once', async () => {
  const { client, server } = setUp(() => undefined)
  const chunks: number[] = []
  server.on('data', (chunk: Buffer) => chunks.push(chunk.length))
  client.end(Buffer.concat(['p1', 'p2', 'p3'].map(framed)))
  await new Promise((resolve) => server.once('end', resolve))
  expect(chunks).toEqual([18])
})

it.each([
  [
    'at once',
    () => {
      throw new Error('broken')
    },
  ],
  ['later', () => Promise.reject(new Error('broken'))],
])('what came before a mistake still goes on (%s)', async (_when, message) => {
  const { client, server, errors } = setUp(message)
  client.write(Buffer.concat([framed('p1'), framed('bad'), framed('p2')]))
  expect(await all(server)).toBe(framed('p1').toString('latin1'))
  expect(errors).toEqual(['broken'])
})
