/** Real clients against the real process: each is told of the proxy in its own usual way. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import axios from 'axios'
import { ProxyAgent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProgram, type Started, startProgram } from '../support/spawn.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const run = promisify(execFile)
const url = 'http://orders.test.example.com/orders/42?expand=items'
const answer = '{"id":42}'

const files = {
  'svc-mock.yaml': 'services:\n  orders: { hosts: [orders.test.example.com] }\n',
  'mocks/orders/1.0.0/orders.yaml':
    'mocks:\n  - request: { method: GET, path: /orders/42, query: { expand: items } }\n    response: { body: { id: 42 } }\n  - request: { method: POST, path: /orders, body: { sku: A-1 } }\n    response: { status: 201, body: { id: 43 } }\n',
}

let started: Started
let folder: string
let at: string

beforeAll(async () => {
  folder = workspace(files, false).folder
  started = await startProgram({ cwd: folder })
  at = `http://${started.ready.listen}`
})

afterAll(async () => {
  expect((await started.program.stop()).code).toBe(0)
})

describe('curl', () => {
  it.skipIf(!present('curl'))('by http_proxy', async () => {
    const { stdout } = await run('curl', ['-sS', url], {
      env: { ...process.env, http_proxy: at, no_proxy: '' },
    })
    expect(stdout).toBe(answer)
  })

  it.skipIf(!present('curl'))('in a tunnel, posting JSON after 100 Continue', async () => {
    const { stdout } = await run('curl', [
      ...['-sS', '-p', '-x', at, '-H', 'Expect: 100-continue', '-H', 'Content-Type: application/json'],
      ...['-d', '{"sku":"A-1"}', '-w', ' %{http_code}', 'http://orders.test.example.com/orders'],
    ])
    expect(stdout).toBe('{"id":43} 201')
  })
})

describe("Node's fetch", () => {
  it('by NODE_USE_ENV_PROXY, which tunnels', async () => {
    const source = `const r = await fetch('${url}'); console.log(r.status, await r.text())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], {
      env: {
        ...process.env,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: at,
        http_proxy: at,
        NO_PROXY: '',
        no_proxy: '',
      },
    })
    expect(stdout).toBe(`200 ${answer}\n`)
  })
})

describe('undici', () => {
  it.each([true, false])('by ProxyAgent, tunnelling: %s', async (proxyTunnel) => {
    const dispatcher = new ProxyAgent({ uri: at, proxyTunnel })
    const { statusCode, body } = await request(url, { dispatcher })
    expect([statusCode, await body.text()]).toEqual([200, answer])
    await dispatcher.close()
  })
})

describe('axios', () => {
  it('by its proxy option', async () => {
    const [host, port] = started.ready.listen.split(':')
    const { data } = await axios.get(url, { proxy: { protocol: 'http', host: host!, port: Number(port) } })
    expect(data).toEqual({ id: 42 })
  })
})

describe('Python', () => {
  it.skipIf(!present('python3'))("by urllib's http_proxy", async () => {
    const source = `import urllib.request; print(urllib.request.urlopen('${url}').read().decode())`
    const { stdout } = await run('python3', ['-c', source], {
      env: { ...process.env, http_proxy: at, no_proxy: '' },
    })
    expect(stdout).toBe(`${answer}\n`)
  })
})

describe('Java', () => {
  // A program in source form needs a JDK, and not only the java of a runtime.
  it.skipIf(!present('javac', '-version'))(
    'by JAVA_TOOL_OPTIONS as run sets them',
    async () => {
      const source = `
        import java.net.URL;
        public class Ask {
          public static void main(String[] args) throws Exception {
            System.out.print(new String(new URL(args[0]).openStream().readAllBytes()));
          }
        }`
      writeFileSync(join(folder, 'Ask.java'), source)
      const { stdout, code } = await runProgram(['run', '--', 'java', 'Ask.java', url], { cwd: folder })
      expect(stdout).toContain(answer)
      expect(code).toBe(0)
    },
    60_000,
  )
})
