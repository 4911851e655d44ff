/** Every client of this process is answered here: node:http, node:https, fetch, undici; and the same ones pass where they should. */
import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mocks } from '../../src/entries/node/index.ts'
import { openWorkspace } from '../../src/entries/node/index.ts'
import { workspace } from '../support/workspace.ts'

const files = {
  'svc-mock.yaml': 'services: { orders: { hosts: [orders.test.example.com] } }',
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - name: 'orders: order is found'
    request: { method: GET, path: '/orders/{id}' }
    response: { status: 200, headers: { X-Kind: static, Set-Cookie: [a=1, b=2] }, body: { id: 42 } }
  - name: created
    request: { method: POST, path: /orders, body: { amount: 1 } }
    response: { status: 201, body: 'created' }
`,
}

let mocks: Mocks
beforeEach(async () => {
  mocks = await openWorkspace(workspace(files).folder, { env: {}, onUnhandled: 'ignore' })
  mocks.intercept()
})
afterEach(() => mocks.close())

interface Got {
  readonly status: number
  readonly cookies: readonly string[]
  readonly body: string
}

const viaNode =
  (module: typeof http | typeof https) =>
  (url: string, method = 'GET', body?: string) =>
    new Promise<Got>((resolve, reject) => {
      const request = module.request(url, { method }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            cookies: response.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      request.on('error', reject)
      request.end(body)
    })

const viaFetch =
  (fetch: typeof globalThis.fetch) =>
  async (url: string, method = 'GET', body?: string): Promise<Got> => {
    const response = await fetch(url, { method, ...(body !== undefined && { body }) })
    return { status: response.status, cookies: response.headers.getSetCookie(), body: await response.text() }
  }

const viaUndici =
  (dispatcher: () => Agent | undefined) =>
  async (url: string, method = 'GET', body?: string): Promise<Got> => {
    const own = dispatcher()
    const response = await undiciRequest(url, {
      method: method as 'GET',
      ...(body !== undefined && { body }),
      ...(own !== undefined && { dispatcher: own }),
    })
    return {
      status: response.statusCode,
      cookies: [response.headers['set-cookie'] ?? []].flat(),
      body: await response.body.text(),
    }
  }

const clients = {
  'node:http and https': (url: string, method?: string, body?: string) =>
    viaNode(url.startsWith('https') ? https : http)(url, method, body),
  fetch: viaFetch(globalThis.fetch),
  "undici's fetch": viaFetch(undiciFetch as never),
  "undici's request": viaUndici(() => undefined),
  "undici's request that would take HTTP/2": viaUndici(() => new Agent({ allowH2: true })),
  axios: async (url: string, method = 'GET', body?: string): Promise<Got> => {
    const response = await axios.request({
      url,
      method,
      data: body,
      validateStatus: () => true,
      transformResponse: (data) => data,
    })
    return {
      status: response.status,
      cookies: response.headers['set-cookie'] ?? [],
      body: String(response.data),
    }
  },
}

describe.each(Object.entries(clients))('%s', (_name, call) => {
  it.each(['http', 'https'])('is answered over %s, again and again', async (scheme) => {
    for (let i = 0; i < 3; i++) {
      expect(await call(`${scheme}://orders.test.example.com/orders/42?page=1`)).toEqual({
        status: 200,
        cookies: ['a=1', 'b=2'],
        body: '{"id":42}',
      })
      expect(await call(`${scheme}://orders.test.example.com/orders`, 'POST', '{"amount":1}')).toMatchObject({
        status: 201,
        body: 'created',
      })
      const missed = await call(`${scheme}://orders.test.example.com/nothing`)
      expect(missed.status).toBe(502)
      expect(JSON.parse(missed.body)).toMatchObject({ code: 'MOCK_NOT_MATCHED' })
    }
    expect(mocks.calls().times).toBe(9)
    expect(mocks.calls('orders: order is found').times).toBe(3)
    expect(mocks.calls('created').calledWith({ body: /amount/ })).toBe(true)
    expect(mocks.calls().unmatched.times).toBe(3)
  })
})
