/** `services.<name>.script` up to `limits.script`. */
import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { workspace } from '../support/workspace.ts'

const load = (text: string) => {
  const { folder } = workspace({ 'svc-mock.yaml': text })
  const { config, problems } = loadConfig({ cwd: folder, env: {}, flags: {} })
  return {
    limits: config?.services.map(({ script }) => script),
    problems: problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`),
  }
}

it('a service has the defaults, or its own within the maximum', () => {
  const { limits } = load(`limits: { script: { total: 3s, memory: 64MB } }
services:
  a:
  b: { script: { timeout: 200ms, total: 1s, memory: 64MB } }
`)
  expect(limits).toEqual([
    { timeoutMs: 50, totalMs: 3000, memoryMb: 32 },
    { timeoutMs: 200, totalMs: 1000, memoryMb: 64 },
  ])
})

it.each([
  ['services: { a: { script: { timeout: 2s } } }', '1:37 2s is more than 1 s'],
  ['services: { a: { script: { total: 2m } } }', '1:35 2m is more than 1 m'],
  ['services: { a: { script: { memory: 1GB } } }', '1:36 1GB is more than 256 MB'],
  ['services: { a: { script: { memory: 1MB } } }', '1:36 1MB is less than 8 MB, which every isolate needs'],
  ['services: { a: { script: { timeout: soon } } }', '1:37 "soon" is no duration'],
  [
    'services: { a: { script: { timeout: 60ms } } }\nlimits: { script: { timeout: 55ms } }',
    '1:37 60ms is more than 55 ms',
  ],
  ['limits: { script: { total: 1h } }', '1:28 1h is more than 10 m'],
  ['services: { a: { script: { stretch: 1s } } }', '1:28 unknown key "stretch" in script'],
])('%s', (text, problem) => expect(load(text).problems).toEqual([problem]))
