/** Redis clients of other languages, as they are: against an embedded cache, and as a tenant of a real server. */
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { proxy } from '../support/proxy.ts'
import { hasRedis, redisServer } from '../support/redis.ts'

const run = promisify(execFile)
const sources = fileURLToPath(new URL('../support/redis', import.meta.url))
const python = process.env['SVC_MOCK_TEST_PYTHON'] ?? 'python3'
const jars = process.env['SVC_MOCK_TEST_REDIS_JARS'] ?? ''
const required = (process.env['SVC_MOCK_TEST_REQUIRE'] ?? '').split(',')

const here = (what: string, there: boolean): boolean => {
  if (!there && required.includes(what)) throw new Error(`${what} is required for the tests here`)
  if (!there) process.stderr.write(`skipped: tests with ${what}\n`)
  return there
}

const hasPython = here(
  'redis-py',
  spawnSync(python, ['-c', 'import redis'], { stdio: 'ignore' }).status === 0,
)
const hasJars = here('redis-jars', jars !== '')

const java = (name: string): readonly string[] => [
  'java',
  ...['-cp', join(jars, '*'), join(sources, `${name}.java`)],
]

const clients: readonly (readonly [string, boolean, readonly string[]])[] = [
  ['redis-py', hasPython, [python, join(sources, 'client.py')]],
  ['Jedis', hasJars, java('JedisClient')],
  ['Lettuce', hasJars, java('LettuceClient')],
]

describe.each(clients)('%s', (_name, there, [program, ...args]) => {
  const ask = async (upstream: string, tenant: string): Promise<string> => {
    const started = await proxy({
      'svc-mock.yaml': `services:
  cache: { protocol: redis, listen: 127.0.0.1:0, upstream: '${upstream}'${tenant} }
`,
    })
    const { stdout } = await run(program!, [...args, String(started.ownPort('cache'))])
    return stdout
  }

  it.skipIf(!there)('works with an embedded cache', { timeout: 60_000 }, async () => {
    expect(await ask('embedded', '')).toBe('ok\n')
  })

  it.skipIf(!there || !hasRedis)('works as a tenant of a real server', { timeout: 60_000 }, async () => {
    const server = await redisServer()
    expect(await ask(`redis://127.0.0.1:${server.port}`, ', tenant: alice')).toBe('ok\n')
  })
})
