/** Mistakes in `preset:` and around `upstream: embedded`, as a person reads them. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openLibrary } from '../../../src/app/library.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { embeddable } from '../../../src/config/service-config.ts'
import { protocols } from '../../../src/protocols/index.ts'
import { workspace } from '../../support/workspace.ts'
import { page } from '../../yaml/page.ts'

const config = `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: embedded }
  real: { protocol: redis, listen: 127.0.0.1:0, upstream: 'redis://127.0.0.1:6379' }
`

const broken = `protocol: redis
preset:
  a: { list: [] }
  b: { hash: { x: 1 }, set: [y] }
  c: { ttl: 5s }
  d: { string: x, ttl: soon }
  e: [x]
  f: { string: x, expires: 5s }
  g: { base64: '###' }
  h: { file: ./nowhere.txt }
  i: { stream: { zero: { a: 1 } } }
  j: { string: x, db: 16 }
  k: 1.50
`

const open = (files: Readonly<Record<string, string>>) => {
  const loaded = loadConfig({ cwd: workspace(files).folder, env: {}, flags: {} })
  return { ...loaded, library: loaded.config === undefined ? undefined : openLibrary(loaded.config) }
}

it('tells each mistake with its place', async () => {
  const { library } = open({ 'svc-mock.yaml': config, 'mocks/cache/keys.yaml': broken })
  const { problems } = (await library!).check([])
  await expect(page(problems)).toMatchFileSnapshot('embedded-shape.golden.txt')
  const inside = broken.replace(/ {2}[efjk]: .*\n/g, '')
  const again = open({ 'svc-mock.yaml': config, 'mocks/cache/keys.yaml': inside })
  await expect(page((await again.library!).check([]).problems)).toMatchFileSnapshot(
    'embedded-content.golden.txt',
  )
})

it('warns of presets that nobody will see', async () => {
  const preset = 'protocol: redis\npreset: { a: b }\n'
  const { library } = open({
    'svc-mock.yaml': config,
    'mocks/real/a.yaml': preset,
    'mocks/cahce/a.yaml': preset,
    'mocks/cache/a.yaml': 'preset: { a: b }\n',
    'mocks/cache/b.yaml': 'protocol: grpc\npreset: { a: b }\n',
    'mocks/cache/data.json': '{ "preset": "wide" }',
  })
  const { problems } = (await library!).check([])
  expect(problems.map(({ at, message }) => `${at.file}:${at.line} ${message}`).sort()).toEqual([
    'mocks/cache/a.yaml:1 the file looks like a mock file, but has no mocks, so it is taken for data',
    'mocks/cache/b.yaml:1 services of protocol grpc have no presets',
    'mocks/cahce/a.yaml:1 no service cahce in svc-mock.yaml: these presets are never used',
    'mocks/real/a.yaml:2 real is not embedded: these presets are never used',
  ])
})

it('lists what an embedded cache begins with', async () => {
  const { library } = open({
    'svc-mock.yaml': config,
    'mocks/cache/a.yaml': 'protocol: redis\npreset: { a: b, c: d }\n',
  })
  const [cache] = (await library!).list().services
  expect(cache).toMatchObject({
    embedded: true,
    presets: [
      { name: 'a', file: 'mocks/cache/a.yaml' },
      { name: 'c', file: 'mocks/cache/a.yaml' },
    ],
  })
})

it('says what cannot be embedded', () => {
  const { problems } = open({
    'svc-mock.yaml': `services:
  web: { upstream: embedded }
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: embedded, cluster: true, tls: { insecure: true } }
`,
  })
  expect(problems.map(({ message, hint }) => `${message}; ${hint}`)).toEqual([
    'web speaks http, which cannot be embedded; write upstream: http://host:port',
    'cluster is for a real service, and cache is embedded; remove it, or write upstream: redis://host:port',
    'tls is for a real service, and cache is embedded; remove it, or write upstream: redis://host:port',
  ])
})

it('knows the protocols that can be', () => {
  expect([...embeddable].sort()).toEqual(
    protocols.flatMap(({ name, embeds }) => (embeds === true ? [name] : [])).sort(),
  )
})

it('reads what the manual shows', async () => {
  const text = readFileSync(new URL('../../../docs/redis-embedded.md', import.meta.url), 'utf8')
  const shown = (kind: string): string =>
    new RegExp(`^\`\`\`yaml\\n# ${kind}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)![1]!
  const { config, library } = open({
    'svc-mock.yaml': shown('svc-mock.yaml'),
    'mocks/keys.yaml': shown('mock file'),
  })
  expect(config!.services[0]).toMatchObject({ name: 'cache', embedded: true })
  const { check, list } = await library!
  expect(check([]).problems).toEqual([])
  expect(list().services[0]!.presets).toHaveLength(9)
})

it('lets a file hold mocks and presets', async () => {
  const { library } = open({
    'svc-mock.yaml': config,
    'mocks/cache/a.yaml':
      'protocol: redis\nmocks: [{ request: { command: GET }, response: { value: x } }]\npreset: { a: b }\n',
  })
  const { check, list } = await library!
  expect(check([]).problems).toEqual([])
  expect(list().services[0]).toMatchObject({ presets: [{ name: 'a' }], versions: [{ mocks: [{}] }] })
})
