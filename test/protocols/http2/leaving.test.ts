/** Clients and services that go away in every phase leave nothing open. */
import { describe, expect, it } from 'vitest'
import { block, errorCodes, flags, frame, frameClient, get, reset } from '../../support/frames.ts'
import { ask, http2Client, http2Upstream } from '../../support/http2.ts'
import { proxy } from '../../support/proxy.ts'

const host = 'real.test.example.com'
const head = [':method', 'POST', ':scheme', 'http', ':authority', host, ':path', '/echo']
const data = frame('data', 0, 1, Buffer.alloc(10_000))

/** What a client sends before it leaves. */
const phases: readonly Uint8Array[][] = [
  [],
  [frame('headers', 0, 1, block(...head))],
  [frame('headers', flags.endHeaders, 1, block(...head))],
  [frame('headers', flags.endHeaders, 1, block(...head)), data],
  [frame('headers', flags.endHeaders, 1, block(...head)), data, frame('data', flags.endStream, 1)],
  [frame('headers', flags.endHeaders, 1, block(...head)), data, reset(1, errorCodes.cancel)],
  [frame('headers', flags.endHeaders | flags.endStream, 1, block(...get('/endless', host)))],
  [frame('headers', flags.endHeaders | flags.endStream, 1, block(...get('/silent', host)))],
]

describe('five hundred connections', () => {
  it('that are left in every phase leave no call at the service and no place taken', async () => {
    let open = 0
    let leftAll = false
    const none = Promise.withResolvers<void>()
    const real = await http2Upstream(
      (stream, headers) => {
        open++
        stream.on('close', () => {
          if (--open === 0 && leftAll) none.resolve()
        })
        if (headers[':path'] === '/silent') return
        stream.respond({ ':status': 200 })
        if (headers[':path'] !== '/endless') {
          stream.pipe(stream)
          return
        }
        const send = (): void => {
          while (!stream.closed && stream.write(Buffer.alloc(16_384)));
        }
        stream.on('drain', send)
        send()
      },
      { settings: { maxConcurrentStreams: 50 } },
    )
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  real:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://127.0.0.1:${real.port}\n`,
    })
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const client = await frameClient(port)
          client.send(...phases[n % phases.length]!)
          // Half of them go at once, the others when something has come back.
          if (n % 2 === 1) await client.next('settings')
          if (n % 4 === 3) client.socket.resetAndDestroy()
          else client.socket.destroy()
        }),
      )
    }
    const session = await http2Client(port)
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        ask(session, { ':method': 'POST', ':path': '/echo', ':authority': host }, `body ${n}`),
      ),
    )
    expect(answers.map(({ body }) => body)).toEqual(answers.map((_, n) => `body ${n}`))
    leftAll = true
    if (open > 0) await none.promise
  })
})

describe('a service that goes away', () => {
  it('in the middle of many calls costs those calls, and the next ones go to its successor', async () => {
    const real = await http2Upstream((stream, headers) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      if (headers[':path'] === '/half') stream.write('half')
      else stream.end('whole')
    })
    const { port } = await proxy({
      'svc-mock.yaml': `services:\n  real:\n    hosts: [${host}]\n    mode: passthrough\n    upstream: http://127.0.0.1:${real.port}\n`,
    })
    const session = await http2Client(port)
    const halves = Array.from({ length: 50 }, () => {
      const stream = session.request({ ':path': '/half', ':authority': host })
      stream.on('error', () => undefined)
      const closed = new Promise<number>((resolve) =>
        stream.once('close', () => resolve(stream.rstCode ?? 0)),
      )
      return { begun: new Promise((resolve) => stream.once('data', resolve)), closed }
    })
    await Promise.all(halves.map(({ begun }) => begun))
    for (const each of real.sessions) each.destroy()
    expect(new Set(await Promise.all(halves.map(({ closed }) => closed)))).toEqual(
      new Set([errorCodes.internal]),
    )
    expect(await ask(session, { ':path': '/', ':authority': host })).toMatchObject({ body: 'whole' })
  })
})
