/** `svc-mock/msw` in node: what is answered, what is let through, and what is told of calls that no mock takes. */
import { createServer, type Server } from 'node:http'
import { HttpResponse, http } from 'msw'
import { type SetupServer, setupServer } from 'msw/node'
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  type HandlerOptions,
  handlers,
  onUnhandledRequest,
  type Unhandled,
} from '../../src/entries/msw/index.ts'
import { openWorkspace } from '../../src/entries/node/index.ts'
import { workspace } from '../support/workspace.ts'

let real: Server
let port = 0
beforeAll(async () => {
  real = createServer((request, reply) => reply.end(`the real ${request.url}`))
  await new Promise<void>((resolve) => real.listen(0, '127.0.0.1', resolve))
  port = (real.address() as { port: number }).port
  return () => new Promise((resolve) => real.close(resolve))
})

const mocks = `mocks:
  - name: order is found
    request: { method: GET, path: '/orders/{id}', query: { page: '1' } }
    response: { body: { id: "\${{ request.params.id }}", host: "\${{ request.headers.host }}" } }
  - name: counted
    request: { path: /counted }
    responses: [{ body: first }, { body: then }]
  - name: of alice
    request: { path: /whose }
    tenants: [alice]
    response: { body: hers }
  - name: a hole
    request: { path: /hole }
  - name: never
    request: { path: /never }
    response: { body: never }
    fault: { abort: timeout }
`

const config = () => `services:
  orders: { hosts: ['orders.test.example.com', '127.0.0.1:${port}/mocked'] }
  passing: { hosts: ['127.0.0.1:${port}/passing'], mode: passthrough }
  missing: { hosts: ['127.0.0.1:${port}/missing'], onMiss: passthrough }
`

interface Started {
  readonly server: SetupServer
  readonly told: string[]
  reset(): void
}

let server: SetupServer | undefined
afterEach(() => {
  server?.close()
  server = undefined
})

const start = async (
  options: HandlerOptions = {},
  strategy: Unhandled = 'warn',
  behind: Parameters<typeof setupServer> = [],
): Promise<Started> => {
  const { folder } = workspace({ 'svc-mock.yaml': config(), 'mocks/orders/1.0.0/o.yaml': mocks })
  const opened = await openWorkspace(folder, { env: {}, onUnhandled: 'ignore' })
  onTestFinished(() => opened.close())
  const told: string[] = []
  server = setupServer(...handlers(opened, options), ...behind)
  server.listen({ onUnhandledFrame: onUnhandledRequest(strategy, { print: (text) => told.push(text) }) })
  return { server, told, reset: () => opened.reset() }
}

const text = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text()
const orders = 'http://orders.test.example.com'

describe('handlers', () => {
  it('answer, and keep state until it is reset', async () => {
    const { reset, told } = await start()
    expect(await text(`${orders}/orders/7?page=1`)).toBe('{"id":"7","host":"orders.test.example.com"}')
    expect([await text(`${orders}/counted`), await text(`${orders}/counted`)]).toEqual(['first', 'then'])
    reset()
    expect(await text(`${orders}/counted`)).toBe('first')
    expect(told).toEqual([])
  })

  it('let through what passes, what asks the real service, and hosts that nobody names', async () => {
    const { told } = await start({}, 'error')
    expect(await text(`http://127.0.0.1:${port}/passing/x`)).toBe('the real /passing/x')
    expect(await text(`http://127.0.0.1:${port}/missing/x`)).toBe('the real /missing/x')
    expect(await text(`http://127.0.0.1:${port}/mocked/hole`)).toBe('the real /mocked/hole')
    expect(await text(`http://127.0.0.1:${port}/other`)).toBe('the real /other')
    expect(told).toEqual([])
  })

  it('are for some services only, where these are named', async () => {
    await start({ services: ['missing'] }, 'error')
    expect(await text(`http://127.0.0.1:${port}/mocked/counted`)).toBe('the real /mocked/counted')
  })

  it('are for a tenant, where one is named', async () => {
    await start({ tenant: 'alice' })
    expect(await text(`${orders}/whose`)).toBe('hers')
  })

  it('leave what no mock takes to the handlers behind them', async () => {
    const { told } = await start({}, 'error', [http.get(`${orders}/*`, () => HttpResponse.text('behind'))])
    expect(await text(`${orders}/whose`)).toBe('behind')
    expect(told).toEqual([])
  })

  it('know paths of the own origin by the addresses that they stand for', async () => {
    await start({
      origin: 'http://page.test.example.com',
      paths: { '/api': `${orders}/orders/`, '/api/counts/': orders },
    })
    expect(await text('http://page.test.example.com/api/7?page=1')).toBe(
      '{"id":"7","host":"orders.test.example.com"}',
    )
    expect(await text('http://page.test.example.com/api/counts/counted')).toBe('first')
    await expect(text('http://other.test.example.com/api/7?page=1')).rejects.toThrow()
  })

  it('never answer where the mock never does, until the client has had enough', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockReturnValue(undefined)
    onTestFinished(() => console.mockRestore())
    await start()
    await expect(text(`${orders}/never`, { signal: AbortSignal.timeout(30) })).rejects.toThrow(
      /timeout|abort/i,
    )
    expect(console).not.toHaveBeenCalled()
  })

  it.each([
    [{ orders: 'http://orders.test.example.com' }],
    [{ '/api': 'orders' }],
    [{ '/api': 'http://orders.test.example.com/?x' }],
  ])('refuse paths that are none: %j', async (paths) => {
    await expect(start({ paths } as never)).rejects.toThrow(/is no path and address: write \{ '\/api/)
  })

  it.each([
    [{ services: ['order'] }, 'services: there is no service order in svc-mock.yaml; did you mean orders?'],
    [{ tenant: 'shared' }, 'tenant: "shared" is a reserved name'],
  ])('refuse options that mean nobody: %j', async (options, message) => {
    await expect(start(options)).rejects.toThrow(`svc-mock/msw: ${message}`)
  })

  it.each([undefined, {}, '/work'])('refuse what is no workspace: %j', (given) => {
    expect(() => handlers(given as never)).toThrow(/the first argument is no workspace/)
  })
})

const nearest = `[svc-mock] GET http://127.0.0.1:0/mocked/orders/7?page=2: no mock of orders matches GET /orders/7
  nearest mocks:
    order is found (1.0.0)  mocks/orders/1.0.0/o.yaml:2:5
      query.page: expected "1", got "2"`

describe('a call that no mock takes', () => {
  const url = () => `http://127.0.0.1:${port}/mocked/orders/7?page=2`
  const shown = ([first = '']: readonly string[]) =>
    first.replaceAll(String(port), '0').split('\n').slice(0, 4).join('\n')

  it('is told with the nearest mocks, and goes on', async () => {
    const { told } = await start()
    expect(await text(url())).toBe('the real /mocked/orders/7?page=2')
    expect(shown(told)).toBe(nearest)
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(
      'hint: add the mock below to a file of orders, or let such calls pass: onMiss: passthrough\n    service: orders\n    mocks:\n',
    )
  })

  it('fails, with error', async () => {
    const { told } = await start({}, 'error')
    await expect(text(url())).rejects.toThrow(TypeError)
    expect(shown(told)).toBe(nearest)
  })

  it('gets what the proxy answers, with answer', async () => {
    await start({}, 'answer')
    const reply = await fetch(url())
    expect(reply.status).toBe(502)
    expect(reply.headers.get('x-svc-mock-error')).toBe('MOCK_NOT_MATCHED')
    expect(await reply.json()).toMatchObject({
      nearest: [{ mock: 'order is found', at: 'mocks/orders/1.0.0/o.yaml:2:5' }, {}, {}],
    })
  })
})
