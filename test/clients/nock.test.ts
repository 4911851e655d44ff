/** A test suite that has an upstream of its own in its process, by nock, and leaves the rest to svc-mock. */
import { describe, expect, it } from 'vitest'
import { runProgram } from '../support/spawn.ts'
import { workspace } from '../support/workspace.ts'

const nockUrl = import.meta.resolve('nock')

/** What a user's test does: payments are nock's, orders nobody's here. */
const source = `
  import http from 'node:http'
  import nock from '${nockUrl}'
  nock('http://payments.test.example.com').get('/payments/7').times(2).reply(200, { id: 7, by: 'nock' })
  const get = (url) => new Promise((resolve, reject) => {
    http.get(url, async (response) => resolve(Buffer.concat(await response.toArray()).toString())).on('error', reject)
  })
  const viaFetch = async (url) => (await fetch(url)).text()
  for (const ask of [get, viaFetch])
    for (const path of ['payments.test.example.com/payments/7', 'orders.test.example.com/orders/42'])
      console.log(await ask('http://' + path))
  console.log('every interceptor of nock was used:', nock.isDone())
`

const files = {
  'svc-mock.yaml':
    'services:\n  orders: { hosts: [orders.test.example.com] }\n  payments: { hosts: [payments.test.example.com] }\n',
  'mocks/orders/1.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42 }\n    response: { body: { id: 42, by: svc-mock } }\n',
  'test.mjs': source,
}

describe('a suite that uses nock, under svc-mock run', () => {
  it('has nock answer what it names, in its process, and svc-mock everything else', async () => {
    const { folder } = workspace(files)
    const { stdout, stderr, code } = await runProgram(
      ['run', '--strict', '--', process.execPath, 'test.mjs'],
      {
        cwd: folder,
      },
    )
    expect(stdout).toBe(
      `${`{"id":7,"by":"nock"}\n{"id":42,"by":"svc-mock"}\n`.repeat(2)}every interceptor of nock was used: true\n`,
    )
    // What nock takes never leaves the process.
    expect(stderr).toMatch(/orders +2 +0 +0 +0\n1 service was not called/)
    expect(code).toBe(0)
  })
})
