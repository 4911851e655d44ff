/** `svc-mock pack`: what is in the tarball, and what keeps it from being made. */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseManifest } from '../../src/registry/manifest.ts'
import { integrityOf } from '../../src/registry/package-files.ts'
import { unpack } from '../../src/registry/unpack.ts'
import { runProgram } from '../support/spawn.ts'
import { type Files, makeFolder } from '../support/spawn-workspace.ts'

const openapi = (type: string): string => `openapi: 3.1.0
info: { title: orders, version: 1.4.0 }
paths:
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses:
        '200':
          description: ok
          content: { application/json: { schema: { $ref: './schemas/order.yaml#/${type}' } } }
`

const whole: Files = {
  'svc-mock.yaml': 'services:\n  orders: { contract: { openapi: ./api/orders.yaml } }\n',
  'package.json':
    '{"name":"@acme/orders-mocks","version":"1.4.2","license":"MIT","scripts":{"postinstall":"echo hacked"},"dependencies":{"svc-mock":"1"}}',
  'README.md': 'Mocks of orders.',
  'api/orders.yaml': openapi('order'),
  'api/schemas/order.yaml':
    'order: { type: object, required: [id], properties: { id: { type: integer } } }\nother: { type: object, required: [total] }\n',
  'mocks/orders/1.4.0/found.yaml':
    "mocks:\n  - name: order is found\n    request: { method: GET, path: '/orders/{id}' }\n    response: { headers: { content-type: application/json }, bodyFile: ./order.json }\n  - name: quote\n    contract: false\n    request: { path: /quote }\n    script: ./quote.js\n",
  'mocks/orders/1.4.0/order.json': '{"id":1}',
  'mocks/orders/1.4.0/quote.js':
    "import { kind } from './lib/kind.js'\nexport default () => ({ headers: { kind }, bodyFile: './late.json' })\n",
  'mocks/orders/1.4.0/lib/kind.js': "export const kind = 'a'\n",
  'mocks/orders/1.4.0/late.json': '{}',
  'mocks/orders/1.4.0/notes.txt': 'nobody names this',
  'mocks.local/orders/mine.yaml':
    'mocks:\n  - name: personal\n    request: { path: /mine }\n    response: {}\n',
}

const pack = async (files: Files, ...args: readonly string[]) => {
  const cwd = makeFolder(files)
  const run = () => runProgram(['pack', ...args], { cwd })
  return { cwd, run, ...(await run()) }
}

const contents = (folder: string): ReadonlyMap<string, string> => {
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  const files = unpack(readFileSync(join(folder, tarball)), tarball)
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

describe('a package', () => {
  it('holds mock files, what they name, specs, and nothing else', async () => {
    const { cwd, code, stdout } = await pack(whole)
    expect(code).toBe(0)
    const files = contents(cwd)
    expect([...files.keys()].sort()).toEqual([
      'README.md',
      'mocks/orders/1.4.0/found.yaml',
      'mocks/orders/1.4.0/late.json',
      'mocks/orders/1.4.0/lib/kind.js',
      'mocks/orders/1.4.0/order.json',
      'mocks/orders/1.4.0/quote.js',
      'package.json',
      'specs/orders/orders.yaml',
      'specs/orders/schemas/order.yaml',
      'svc-mock-package.json',
    ])
    expect(JSON.parse(files.get('package.json')!)).toEqual({
      name: '@acme/orders-mocks',
      version: '1.4.2',
      license: 'MIT',
      files: ['mocks', 'specs', 'svc-mock-package.json'],
    })
    const manifest = parseManifest(files.get('svc-mock-package.json')!, 'it')
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(manifest).toEqual({
      format: 1,
      tool: JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
      library: ['mocks'],
      services: {
        orders: {
          protocol: 'http',
          versions: ['1.4.0'],
          mocks: 2,
          spec: {
            file: 'specs/orders/orders.yaml',
            sha256,
            others: [{ file: 'specs/orders/schemas/order.yaml', sha256 }],
          },
        },
      },
    })
    expect(stdout).toContain('left out, no mock names them: mocks/orders/1.4.0/notes.txt')
    expect(stdout).toMatch(/mocks\/orders\/1\.4\.0\/order\.json +8 B/)
  })

  it('has the same bytes again, whenever and wherever it is made', async () => {
    const first = await pack(whole, '--json')
    const { integrity, file } = JSON.parse(first.stdout) as { integrity: string; file: string }
    expect(file).toBe('acme-orders-mocks-1.4.2.tgz')
    expect(integrityOf(readFileSync(join(first.cwd, file)))).toBe(integrity)
    for (const name of Object.keys(whole)) utimesSync(join(first.cwd, name), 1, 1)
    expect(JSON.parse((await first.run()).stdout)).toMatchObject({ integrity })
    expect(
      JSON.parse((await pack(Object.fromEntries(Object.entries(whole).reverse()), '--json')).stdout),
    ).toMatchObject({ integrity })
  })

  it('is not written with --dry-run, and elsewhere with --out', async () => {
    const { cwd, stdout } = await pack(whole, '--dry-run')
    expect(stdout).toContain('nothing was written (--dry-run)')
    expect(readdirSync(cwd).filter((name) => name.endsWith('.tgz'))).toEqual([])
    mkdirSync(join(cwd, 'dist'))
    await runProgram(['pack', '--out', 'dist'], { cwd })
    expect(readdirSync(join(cwd, 'dist'))).toEqual(['acme-orders-mocks-1.4.2.tgz'])
  })

  it('holds mocks that extend others of it', async () => {
    const { code, stdout } = await pack(
      {
        ...whole,
        'mocks/orders/1.4.0/more.yaml':
          "mocks:\n  - extends: 'orders: quote'\n    name: quote of today\n    patch: { request: { path: /today } }\n",
      },
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout).manifest.services.orders.mocks).toBe(3)
  })
})

describe('is refused', () => {
  it.each<[string, Files, number, RegExp]>([
    ['with a mistake in a mock', { 'mocks/orders/1.4.0/b.yaml': 'mocks: [{ nam: x }]' }, 1, /CHECK_FAILED/],
    [
      'with sensitive data',
      { 'mocks/orders/1.4.0/order.json': '{"id":1,"phone":"13812345678"}' },
      1,
      /order\.json:1:\d+ +mobile number[\s\S]*SCAN_FOUND/,
    ],
    [
      'with sensitive data in a spec',
      { 'api/orders.yaml': `${openapi('order')}# call 13812345678\n` },
      1,
      /SCAN_FOUND/,
    ],
    ['with a mock that breaks its contract', { 'api/orders.yaml': openapi('other') }, 1, /PACK_REFUSED/],
    ['without package.json', { 'package.json': '' }, 2, /PACK_IMPOSSIBLE/],
    ['without a version', { 'package.json': '{"name":"x"}' }, 2, /package\.json has no version/],
    [
      'with a name that npm does not take',
      { 'package.json': '{"name":"Orders","version":"1.0.0"}' },
      2,
      /"Orders" is no name/,
    ],
    [
      'with a version that is none',
      { 'package.json': '{"name":"o","version":"1.4"}' },
      2,
      /"1\.4" is no version/,
    ],
  ])('%s', async (_what, files, code, said) => {
    const refused = await pack({ ...whole, ...files })
    expect(refused.code).toBe(code)
    expect(refused.stdout + refused.stderr).toMatch(said)
    expect(readdirSync(refused.cwd).filter((name) => name.endsWith('.tgz'))).toEqual([])
  })

  it('with one JSON document under --json', async () => {
    const { stdout } = await pack({ ...whole, 'api/orders.yaml': openapi('other') }, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PACK_REFUSED', details: { findings: [{}] } } })
  })

  it('when it names a file that only this machine has', async () => {
    const { cwd, run } = await pack(whole)
    writeFileSync(
      join(cwd, 'mocks/orders/1.4.0/found.yaml'),
      'mocks:\n  - request: { path: /a }\n    response: { bodyFile: ../../../../secret.txt }\n',
    )
    const { code, stderr } = await run()
    expect(code).toBe(1)
    expect(stderr).toContain('leads out of the library')
  })
})
