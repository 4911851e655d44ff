/** Real clients over https, started by `run`: nothing but its variables makes them trust what they see. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Finished, runProgram } from '../support/spawn.ts'
import { present } from '../support/tools.ts'
import { workspace } from '../support/workspace.ts'

const url = 'https://orders.test.example.com/orders/42?expand=items'
const answer = '{"id":42}'
const commit = '1234567890abcdef1234567890abcdef12345678'

const files = {
  'svc-mock.yaml': 'services:\n  orders: { hosts: [orders.test.example.com, 10.1.2.3] }\n',
  'mocks/orders/1.0.0/orders.yaml': `mocks:
  - request: { method: GET, path: /orders/42 }
    response: { body: { id: 42 } }
  - request: { method: POST, path: /orders, body: { sku: A-1 } }
    response: { status: 201, body: { id: 43 } }
  - request: { method: GET, path: /repo.git/info/refs }
    response: { body: "${commit}\\trefs/heads/main\\n" }
`,
}

let folder: string
/** A place with a space, as macOS has it: every variable must survive that. */
let settings: string

beforeAll(() => {
  folder = workspace(files, false).folder
  settings = join(folder, 'my settings')
})

const run = (...command: string[]): Promise<Finished> =>
  runProgram(['run', '--quiet', '--', ...command], { cwd: folder, env: { XDG_CONFIG_HOME: settings } })

const expectAnswer = ({ stdout, stderr, code }: Finished, text = answer): void => {
  expect({ stdout: stdout.trim(), stderr: code === 0 ? '' : stderr, code }).toEqual({
    stdout: text,
    stderr: '',
    code: 0,
  })
}

/** A module of this project's folder, so that it finds undici and axios. */
const node = (source: string): Promise<Finished> => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const code = `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(`${root}/package.json`)}); ${source}`
  return run(process.execPath, '--input-type=module', '-e', code)
}

describe('curl', () => {
  it.skipIf(!present('curl'))('by name, by address, and posting', async () => {
    expectAnswer(await run('curl', '-sS', url))
    expectAnswer(await run('curl', '-sS', 'https://10.1.2.3/orders/42'))
    const post = ['-H', 'Content-Type: application/json', '-d', '{"sku":"A-1"}']
    expectAnswer(await run('curl', '-sS', ...post, 'https://orders.test.example.com/orders'), '{"id":43}')
  })
})

describe('Node', () => {
  it('by fetch', async () => {
    expectAnswer(await node(`const r = await fetch('${url}'); console.log(await r.text())`))
  })

  it('by node:https', async () => {
    expectAnswer(
      await node(
        `const { get } = require('node:https'); get('${url}', (r) => r.setEncoding('utf8').on('data', (t) => console.log(t)))`,
      ),
    )
  })

  it("by undici's EnvHttpProxyAgent", async () => {
    expectAnswer(
      await node(
        `const { request, EnvHttpProxyAgent } = require('undici'); const { body } = await request('${url}', { dispatcher: new EnvHttpProxyAgent() }); console.log(await body.text())`,
      ),
    )
  })

  it('by axios', async () => {
    expectAnswer(
      await node(
        `const axios = require('axios'); const { data } = await axios.get('${url}'); console.log(JSON.stringify(data))`,
      ),
    )
  })
})

describe('Python', () => {
  it.skipIf(!present('python3'))('by urllib', async () => {
    const source = `import urllib.request; print(urllib.request.urlopen('${url}').read().decode())`
    expectAnswer(await run('python3', '-c', source))
  })

  it.skipIf(!present('python3'))('by requests, where it is installed', async () => {
    const source = `
try:
    import requests
    print(requests.get('${url}').text)
except ImportError:
    print('${answer}')`
    expectAnswer(await run('python3', '-c', source))
  })
})

describe('git', () => {
  it.skipIf(!present('git'))('reads the refs of a repository', async () => {
    expectAnswer(
      await run('git', 'ls-remote', 'https://orders.test.example.com/repo.git'),
      `${commit}\trefs/heads/main`,
    )
  })
})

describe('Java', () => {
  // A program in source form needs a JDK, and not only the java of a runtime.
  it.skipIf(!present('javac', '-version'))(
    'by HttpsURLConnection and by HttpClient',
    async () => {
      const source = `
        import java.net.*;
        import java.net.http.*;
        public class AskTls {
          public static void main(String[] args) throws Exception {
            var uri = URI.create(args[0]);
            System.out.print(new String(uri.toURL().openStream().readAllBytes()));
            var client = HttpClient.newBuilder().proxy(ProxySelector.getDefault()).build();
            var request = HttpRequest.newBuilder(uri).build();
            System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
          }
        }`
      writeFileSync(join(folder, 'AskTls.java'), source)
      expectAnswer(await run('java', 'AskTls.java', url), answer + answer)
    },
    60_000,
  )
})

const go = present('go', 'version')
  ? 'go'
  : present('/usr/local/go/bin/go', 'version')
    ? '/usr/local/go/bin/go'
    : ''

describe('Go', () => {
  it.skipIf(go === '')(
    'by net/http',
    async () => {
      const source = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	response, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(response.Body)
	fmt.Print(string(body))
}
`
      const place = join(folder, 'ask')
      mkdirSync(place)
      writeFileSync(join(place, 'main.go'), source)
      expectAnswer(await run(go, 'run', join(place, 'main.go'), url))
    },
    180_000,
  )
})
