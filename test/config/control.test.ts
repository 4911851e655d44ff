/** `control:`: where commands and test clients speak to a running svc-mock. */
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import type { ConfigFlags } from '../../src/config/overrides.ts'
import { workspace } from '../support/workspace.ts'

const load = (text: string, env: Readonly<Record<string, string>> = {}, flags: ConfigFlags = {}) => {
  const { folder } = workspace({ 'svc-mock.yaml': `${text}\n` })
  const { config, problems } = loadConfig({ cwd: folder, env, flags })
  return { control: config?.control, problems }
}

const token = 'sixteen-letters!'

describe('the control address', () => {
  it('is a free port on loopback without a word, and serves only our own commands', () => {
    expect(load('{}').control).toEqual({
      listen: { host: '127.0.0.1', port: 0 },
      wiremock: false,
      journalBytes: 32 * 1024 * 1024,
      token: undefined,
    })
  })

  it.each([
    ['control: { listen: 8709 }', {}, {}, '127.0.0.1:8709'],
    ['control: { listen: "localhost:8709" }', {}, {}, '127.0.0.1:8709'],
    ['control: { listen: "[::1]:8709" }', {}, {}, '::1:8709'],
    ['control: { listen: 8709 }', { SVC_MOCK_CONTROL: '127.0.0.1:8710' }, {}, '127.0.0.1:8710'],
    ['', { SVC_MOCK_CONTROL: '8710' }, { control: '127.0.0.2:8711' }, '127.0.0.2:8711'],
  ])('%s %j %j listens on %s', (text, env, flags, expected) => {
    const { listen } = load(text || '{}', env, flags).control!
    expect(`${listen.host}:${listen.port}`).toBe(expected)
  })

  it.each([
    ['control: { wiremock: true, journal: 1MB }', {}, {}, true],
    ['control: { wiremock: true }', { SVC_MOCK_WIREMOCK: 'false' }, {}, false],
    ['{}', { SVC_MOCK_WIREMOCK: 'false' }, { wiremock: true }, true],
  ])("%s %j %j serves WireMock's admin API: %s", (text, env, flags, expected) => {
    expect(load(text, env, flags).control!.wiremock).toBe(expected)
  })

  it.each([
    [
      'control: { listen: "0.0.0.0:8709" }',
      {},
      'the control address must be on loopback, and 0.0.0.0 is not',
    ],
    ['control: { listen: "nonsense" }', {}, '"nonsense" has no port'],
    ['control: { journal: lots }', {}, '"lots" is no size'],
    ['{}', { SVC_MOCK_WIREMOCK: 'perhaps' }, 'SVC_MOCK_WIREMOCK must be true or false, not "perhaps"'],
  ])('%s %j is refused', (text, env, message) => {
    const { control, problems } = load(text, env)
    expect(control).toBeUndefined()
    expect(problems).toMatchObject([{ message }])
  })

  it('takes a token of its own, which no message shows', () => {
    expect(load('{}', { SVC_MOCK_CONTROL_TOKEN: token }).control!.token).toBe(token)
    const { problems } = load('{}', { SVC_MOCK_CONTROL_TOKEN: 'too-short' })
    expect(problems).toHaveLength(1)
    expect(JSON.stringify(problems)).not.toContain('too-short')
  })
})
