/** The answer to an unmatched call is read by people: its text is a golden file. */
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { raw } from '../support/raw.ts'

const files = {
  'svc-mock.yaml': 'services:\n  orders: { version: ^1 }\n',
  'mocks/orders/1.4.0/orders.yaml': `mocks:
  - name: order is found
    request:
      method: GET
      path: /orders/{id}
      params: { id: { $matches: '\\d+' } }
    response: { body: { id: 1 } }
  - name: order is placed
    request:
      method: POST
      path: /orders
      headers: { authorization: Bearer sesame }
      body: { amount: { $lessThan: 100 }, items: [{ sku: A-1 }] }
    response: { status: 201 }
`,
  'mocks/orders/2.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42 }\n    response: { status: 200 }\n',
}

const answer = async (call: string): Promise<string> => {
  const { port } = await proxy(files)
  const client = await raw(port)
  client.send(call)
  const [head, body] = (await client.rest()).split('\r\n\r\n')
  expect(head).toContain('HTTP/1.1 502 Bad Gateway')
  expect(head).toContain('content-type: application/problem+json')
  expect(head).toContain('x-svc-mock-error: MOCK_NOT_MATCHED')
  return Buffer.from(body!, 'latin1').toString()
}

describe('an unmatched call', () => {
  it('is told the nearest mocks, the clause that failed, and the smallest mock that would have matched', async () => {
    const body = await answer(
      'GET http://orders/orders/42a?page=2 HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n',
    )
    expect(body).not.toContain('sesame')
    await expect(body).toMatchFileSnapshot('near-miss-path.golden.json')
  })

  it('is told the place inside a body, and no secret', async () => {
    const json = '{"amount":250,"items":[{"sku":"B-2"}]}'
    const body = await answer(
      `POST http://orders/orders HTTP/1.1\r\nHost: orders\r\nAuthorization: Bearer real-token\r\nContent-Length: ${json.length}\r\nConnection: close\r\n\r\n${json}`,
    )
    expect(body).not.toContain('sesame')
    expect(body).not.toContain('real-token')
    await expect(body).toMatchFileSnapshot('near-miss-body.golden.json')
  })

  it.each(['/orders/42%20x', '/orders/{42', '/v{1}/*'])(
    'to %s is answered by the mock that it was told to write',
    async (path) => {
      const first = await proxy(files)
      const call = `DELETE http://orders${path} HTTP/1.1\r\nHost: orders\r\nConnection: close\r\n\r\n`
      const client = await raw(first.port)
      client.send(call)
      const { smallestMock } = JSON.parse((await client.rest()).split('\r\n\r\n')[1]!)
      const second = await proxy({ ...files, 'mocks/orders/1.4.0/new.yaml': smallestMock })
      const again = await raw(second.port)
      again.send(call)
      expect(await again.rest()).toContain('200 OK')
    },
  )
})
