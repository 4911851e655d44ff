/** Services of HTTP that are in no good way: each mock has one clear finding, and the rest goes on. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { verify } from './provider.ts'

const mocks = (count: number): string =>
  `mocks:\n${Array.from(
    { length: count },
    (_, i) =>
      `  - name: m${i}\n    request: { method: GET, path: /orders/${i} }\n    response: { body: { id: 1 } }\n`,
  ).join('')}`

interface RawService {
  readonly url: string
  /** How often each path was asked for. */
  readonly asked: Map<string, number>
}

/** Says to each request what `answer` writes. */
const service = async (
  answer: (socket: Socket, path: string, times: number) => void,
): Promise<RawService> => {
  const asked = new Map<string, number>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      const path = bytes.toString().split(' ')[1]!
      const times = (asked.get(path) ?? 0) + 1
      asked.set(path, times)
      answer(socket, path, times)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const good = (socket: Socket): void => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{"id":7}')
}

const shortly = (
  findings: readonly { mock?: string | undefined; rule: string; message: string }[],
): string[] => findings.map(({ mock, rule, message }) => `${mock} ${rule}: ${message}`)

const alone = { concurrency: 1, retries: 1, timeoutMs: 300 }

it('says nothing to one call, which is not asked again', async () => {
  const { url, asked } = await service((socket, path) => (path === '/orders/0' ? undefined : good(socket)))
  const { findings, checked } = await verify(mocks(3), url, alone)
  expect(shortly(findings)).toEqual(['m0 no-reply: the real service gave no reply: no reply within 300 ms'])
  expect(findings[0]!.at).toEqual({ file: 'mocks/orders/1.4.0/orders.yaml', line: 4, column: 15 })
  expect([checked.length, asked.get('/orders/0')]).toEqual([3, 1])
})

it('is slow in the middle of a reply', async () => {
  const { url } = await service((socket, path) =>
    path === '/orders/1'
      ? void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"id"')
      : good(socket),
  )
  expect(shortly((await verify(mocks(3), url, alone)).findings)).toEqual([
    'm1 no-reply: the real service gave no reply: its reply was not whole within 300 ms',
  ])
})

it('closes half-way, each time it is asked', async () => {
  const { url, asked } = await service((socket, path) => {
    if (path !== '/orders/0') return good(socket)
    return void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"id"')
  })
  const { findings } = await verify(mocks(3), url, alone)
  expect(shortly(findings)).toEqual([
    'm0 no-reply: the real service gave no reply: its reply broke off after 5 bytes',
  ])
  expect(asked.get('/orders/0')).toBe(2)
})

it('closes once, and is asked again', async () => {
  const { url } = await service((socket, _path, times) =>
    times === 1 ? void socket.destroy() : good(socket),
  )
  expect((await verify(mocks(3), url, alone)).findings).toEqual([])
})

it('speaks no HTTP', async () => {
  const { url } = await service((socket, path) =>
    path === '/orders/0' ? void socket.end('220 mail.test.example.com ESMTP\r\n') : good(socket),
  )
  const { findings } = await verify(mocks(3), url, alone)
  expect(findings.map(({ rule, mock }) => `${rule} ${mock}`)).toEqual(['no-reply m0'])
})

it('answers with a page', async () => {
  const page = '<html>Bad Gateway</html>'
  const { url } = await service((socket, path) => {
    if (path !== '/orders/0') return good(socket)
    const head = `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: ${page.length}`
    return void socket.write(`${head}\r\n\r\n${page}`)
  })
  expect(shortly((await verify(mocks(3), url, alone)).findings)).toEqual([
    'm0 response-status: the real service answers with another status',
  ])
})

it('never says anything to anybody: nobody waits for all of it', async () => {
  const { url, asked } = await service(() => undefined)
  await expect(verify(mocks(40), url, { timeoutMs: 100, concurrency: 2 })).rejects.toMatchObject({
    code: 'PROVIDER_UNREACHABLE',
    message: expect.stringContaining('no reply within 100 ms'),
  })
  expect(asked.size).toBeLessThan(15)
})

it('says something in the end, though the first ones get nothing', async () => {
  const { url } = await service((socket, path) => (path === '/orders/2' ? good(socket) : undefined))
  const { findings } = await verify(mocks(3), url, alone)
  expect(findings.map(({ mock }) => mock)).toEqual(['m0', 'm1'])
})

it('goes away', async () => {
  const { url } = await service((socket, path) => {
    if (path === '/orders/0') return good(socket)
    return void socket.destroy()
  })
  const { findings } = await verify(mocks(3), url, { ...alone, retries: 0 })
  expect(findings.map(({ mock, rule }) => `${mock} ${rule}`)).toEqual(['m1 no-reply', 'm2 no-reply'])
})

it.each(['http://no-such-host.invalid', 'http://127.0.0.1:1', 'https://127.0.0.1:1'])(
  'is not there: %s',
  async (url) => {
    await expect(verify(mocks(3), url, alone)).rejects.toMatchObject({ code: 'PROVIDER_UNREACHABLE' })
  },
)
