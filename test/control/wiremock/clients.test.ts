/**
 * WireMock's own clients, as they are: each does the same against WireMock and against svc-mock, and must see the same. Only the Java
 * client needs nothing but a JVM, since it is in WireMock's jar.
 */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openControl } from '../../../src/control/server.ts'
import { proxy } from '../../support/proxy.ts'
import { freePort } from '../../support/redis.ts'
import { present } from '../../support/tools.ts'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('../../support/wiremock', import.meta.url))
const jars = fileURLToPath(new URL('../../../node_modules/wiremock/build', import.meta.url))
const jar = join(jars, readdirSync(jars).find((name) => name.endsWith('.jar'))!)
const python = process.env['SVC_MOCK_TEST_PYTHON'] ?? 'python3'
const goClient = process.env['SVC_MOCK_TEST_GO_WIREMOCK'] ?? ''
const required = (process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',')

const here = (what: string, there: boolean): boolean => {
  if (!there && required.includes(what)) throw new Error(`${what} is required for the tests here`)
  if (!there) process.stderr.write(`skipped: tests with ${what}\n`)
  return there
}

const hasJava = present('javac')
const hasPython = here(
  'wiremock-python',
  spawnSync(python, ['-c', 'import wiremock'], { stdio: 'ignore' }).status === 0,
)
const hasGo = here('wiremock-go', goClient !== '')

/** Where the admin API is, and where the service that it mocks. */
interface Place {
  readonly port: number
  /** undefined: none is asked for. */
  readonly token: string | undefined
  /** Path before `/__admin`, as `/shop`, or ''. */
  readonly prefix: string
  readonly service: string
}

const withCredentials = ({ port, token, prefix }: Place): string =>
  `http://${token === undefined ? '' : `tests:${token}@`}127.0.0.1:${port}${prefix}`

interface Client {
  readonly name: string
  readonly there: boolean
  readonly command: (place: Place) => readonly string[]
}

const clients: readonly Client[] = [
  {
    name: 'the Java client',
    there: hasJava,
    command: ({ port, token, prefix, service }) => [
      ...['java', '-cp', jar, join(sources, 'JavaClient.java')],
      ...[String(port), token ?? '-', prefix || '-', service],
    ],
  },
  {
    name: 'the Python client',
    there: hasPython,
    command: (place) => [
      ...[python, join(sources, 'client.py')],
      ...[`${withCredentials(place)}/__admin`, place.service],
    ],
  },
  {
    name: 'the Go client',
    there: hasGo,
    command: (place) => [goClient, withCredentials(place), place.service],
  },
]

const transcript = async ({ command }: Client, place: Place): Promise<string> => {
  const [program, ...args] = command(place)
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const { stdout } = await run(program!, args, { env, timeout: 90_000 })
  return stdout
}

/** A path that names the service, or none, where there is only one. */
const started = async (prefix: string): Promise<Place> => {
  const test = await proxy({
    'svc-mock.yaml': `control: { wiremock: true }
services: { shop: { listen: '127.0.0.1:0' }${prefix === '' ? '' : ', other: {}'} }
`,
    'mocks/shop/1.0.0/behind.yaml': `mocks:
  - { name: of a file, request: { method: GET, path: /of/a/file }, response: { body: file } }
`,
  })
  const control = await openControl(test.running)
  onTestFinished(() => control.close())
  const port = Number(control.address.split(':')[1])
  return { port, token: control.token, prefix, service: `http://127.0.0.1:${test.ownPort('shop')}` }
}

const wiremock: { place?: Place; stop?: () => Promise<unknown> } = {}

beforeAll(async () => {
  if (!hasJava) return
  const folder = mkdtempSync(join(tmpdir(), 'svc-mock-wiremock-'))
  const port = await freePort()
  const options = ['--port', String(port), '--disable-banner', '--root-dir', folder]
  const child = spawn('java', ['-jar', jar, ...options], { stdio: ['ignore', 'pipe', 'ignore'] })
  wiremock.stop = async () => {
    child.kill()
    await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  for await (const text of child.stdout) if (String(text).includes('response-template')) break
  child.stdout.resume()
  wiremock.place = { port, token: undefined, prefix: '', service: `http://127.0.0.1:${port}` }
}, 60_000)

afterAll(() => wiremock.stop?.())

describe.each(clients)('$name', (client) => {
  it.skipIf(!client.there || !hasJava).each(['', '/shop'])(
    'sees what it sees of WireMock, with the prefix "%s"',
    { timeout: 120_000 },
    async (prefix) => {
      const place = await started(prefix)
      const ours = await transcript(client, place)
      expect(ours).toBe(await transcript(client, wiremock.place!))
      expect(ours.split('\n').length).toBeGreaterThan(15)
    },
  )
})
