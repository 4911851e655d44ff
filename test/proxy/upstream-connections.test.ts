/** Connections to a real service in HTTP/1.1: used again where that is safe, and only there. */
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { tcpUpstream } from '../support/upstream.ts'

interface Answer {
  readonly status: number
  readonly body: string
}

/** A proxy before a service that is nothing but bytes. `connected` counts connections. */
const passing = async (serve: (socket: Socket, count: number) => void) => {
  let connected = 0
  const there = await tcpUpstream((socket) => serve(socket, ++connected))
  const { port } = await proxy({
    'svc-mock.yaml': `services:\n  real:\n    hosts: [real.test.example.com]\n    mode: passthrough\n    upstream: http://127.0.0.1:${there}\n`,
  })
  const ask = (method = 'GET', body = ''): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const call = request({
        port,
        method,
        path: 'http://real.test.example.com/',
        headers: { host: 'real.test.example.com', 'content-length': body.length },
      })
      call.on('error', reject)
      call.on('response', (reply) => {
        let text = ''
        reply
          .setEncoding('utf8')
          .on('data', (piece: string) => {
            text += piece
          })
          .on('end', () => resolve({ status: reply.statusCode!, body: text }))
      })
      call.end(body)
    })
  return { ask, connected: () => connected }
}

const ok = (headers = ''): string => `HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\nhi`

describe('a connection', () => {
  it('carries one call after the other', async () => {
    const { ask, connected } = await passing((socket) => socket.on('data', () => socket.write(ok())))
    for (let i = 0; i < 3; i++) expect(await ask()).toEqual({ status: 200, body: 'hi' })
    expect(connected()).toBe(1)
  })

  it.each([
    ['says that it closes', ok('Connection: close\r\n')],
    ['says that it hardly waits', ok('Keep-Alive: timeout=1\r\n')],
    ['sends more than its reply', `${ok()}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ['speaks HTTP/1.0', ok().replace('1.1', '1.0')],
  ])('is not used again when the service %s', async (_what, reply) => {
    const { ask, connected } = await passing((socket) => socket.on('data', () => socket.write(reply)))
    for (let i = 0; i < 2; i++) expect(await ask()).toEqual({ status: 200, body: 'hi' })
    expect(connected()).toBe(2)
  })

  it('is not used again when the service answered before it had the whole call', async () => {
    const { ask, connected } = await passing((socket, count) => {
      // The first reads nothing but the head; its window fills.
      socket.once('data', () => {
        socket.write(ok())
        if (count === 1) socket.pause()
      })
    })
    expect(await ask('POST', 'x'.repeat(8 * 2 ** 20))).toEqual({ status: 200, body: 'hi' })
    expect(await ask()).toEqual({ status: 200, body: 'hi' })
    expect(connected()).toBe(2)
  })

  it('that ended under a call that changes something does not send it twice', async () => {
    let calls = 0
    const { ask, connected } = await passing((socket) =>
      socket.on('data', () => {
        calls++
        if (calls === 2) socket.destroy()
        else socket.write(ok())
      }),
    )
    expect(await ask()).toEqual({ status: 200, body: 'hi' })
    expect((await ask('POST', 'a')).status).toBe(502)
    expect(connected()).toBe(1)
    expect(calls).toBe(2)
  })

  it('that brought nothing on its first call is not tried again', async () => {
    const { ask, connected } = await passing((socket) => socket.on('data', () => socket.destroy()))
    expect((await ask()).status).toBe(502)
    expect(connected()).toBe(1)
  })

  it('is waited for when there are too many, and the calls are answered all the same', async () => {
    const waiting: Socket[] = []
    const most = 512
    const { ask, connected } = await passing((socket) =>
      socket.on('data', () => {
        waiting.push(socket)
        // As soon as all connections are busy each gets its answer, and so do those that come then.
        if (waiting.length >= most) for (const each of waiting.splice(0)) each.write(ok())
        if (connected() === most && answered) socket.write(ok())
      }),
    )
    let answered = false
    const calls = Array.from({ length: most + 40 }, () =>
      ask().then(({ status }) => {
        answered = true
        return status
      }),
    )
    await Promise.any(calls)
    for (const each of waiting.splice(0)) each.write(ok())
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]))
    expect(connected()).toBe(most)
  })
})
