/** Examples in the manual are read by the program, so that they cannot go stale. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { ServiceConfig } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { loadDrills } from '../../../src/config/load-drills.ts'
import type { Dialect } from '../../../src/core/dialect.ts'
import { loadLibrary } from '../../../src/mock/load/load-library.ts'
import { httpExample } from '../../../src/protocols/http/example/index.ts'
import { patchSchema, requestSchema, responseSchema } from '../../../src/protocols/http/mock-schema.ts'
import { workspace } from '../../config/workspace.ts'
import { identity, ourAuthority } from '../../support/tls.ts'
import { dialects } from './fake-dialect.ts'

const http: Dialect = {
  ...dialects.get('http')!,
  requestSchema,
  responseSchema,
  patchSchema,
  example: httpExample,
}

const examples = [
  'mock-files.md',
  'packages.md',
  'pact.md',
  'state-and-faults.md',
  'examples.md',
  'workspace.md',
  'tls.md',
  '../README.md',
].flatMap((page) => {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(/^```yaml\n# (mock file|svc-mock\.yaml|drill)\n([\s\S]*?)^```/gm)].map(
    (match, i) => ({
      title: `${page} ${i + 1}`,
      kind: match[1]!,
      yaml: match[2]!,
    }),
  )
})

it('has examples', () => {
  expect(examples.filter(({ kind }) => kind === 'mock file').length).toBeGreaterThan(2)
  expect(examples.filter(({ kind }) => kind === 'svc-mock.yaml').length).toBeGreaterThan(4)
})

it.each(examples)('$title ($kind) is right', ({ kind, yaml }) => {
  if (kind === 'mock file') {
    const root = workspace({ 'mocks/a.yaml': yaml })
    const { files, problems } = loadLibrary(
      [{ folder: `${root}/mocks`, display: 'mocks', layer: 1 }],
      root,
      new Map([['http', http]]),
    )
    expect(problems).toEqual([])
    expect([...files.values()][0]!.mocks.length).toBeGreaterThan(0)
    return
  }
  if (kind === 'drill') {
    const root = workspace({ 'drills/a.yaml': yaml })
    const services = ['payments', 'sessions'].map((name) => ({ name, protocol: 'http' }) as ServiceConfig)
    expect(loadDrills(root, services).flatMap(({ problems }) => problems)).toEqual([])
    return
  }
  const { cert, key } = identity(ourAuthority(), ['client'])
  const files = {
    'w/svc-mock.yaml': yaml,
    'platform/base.yaml': '',
    'w/mocks/x': '',
    'w/fixtures/x': '',
    'w/certs/test-ca.pem': ourAuthority().pem,
    'w/certs/client.pem': cert,
    'w/certs/client-key.pem': key,
  }
  const { config, problems } = loadConfig({ cwd: `${workspace(files)}/w`, env: {}, flags: {} })
  expect(problems).toEqual([])
  expect(config).toBeDefined()
})
