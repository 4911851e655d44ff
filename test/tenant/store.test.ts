/** Routes in a Redis: what one svc-mock adds, the others use. */
import { createConnection } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { encodeCommand, RedisError, ReplyParser } from '../../src/tenant/store/resp.ts'
import { proxy } from '../support/proxy.ts'
import { hasRedis, startRedis } from '../support/redis.ts'
import { deadPort } from '../support/upstream.ts'
import { baggage, call, instance } from './tools.ts'

afterEach(() => vi.unstubAllEnvs())

const url = 'http://stock.test.example.com/items'

const app = (store: string, baseline: string) =>
  proxy({
    'svc-mock.yaml': `tenants: { store: '${store}' }
services: { stock: { hosts: [stock.test.example.com], mode: passthrough, upstream: '${baseline}' } }
`,
  })

/** Adds as soon as the store has answered. */
const added = async (running: Awaited<ReturnType<typeof app>>['running'], wish: object) => {
  const asked = { tenant: 'alice', service: 'stock', ttlMs: 30_000, owner: 'one', instance: '', ...wish }
  return vi.waitUntil(
    () =>
      running.tenants.add(asked).catch((error) => {
        if (error.code === 'TENANT_STORE_FAILED') return false
        throw error
      }),
    { timeout: 10_000 },
  )
}

describe.skipIf(!hasRedis)('a store', () => {
  it('is shared, expires, and keeps tenants to those who have their token', async () => {
    const redis = await startRedis('--requirepass', 'secret word')
    onTestFinished(() => redis.stop())
    const store = `redis://:secret%20word@127.0.0.1:${redis.port}/2`
    const [baseline, mine] = [await instance('baseline'), await instance('alice')]
    const laptop = await app(store, baseline.address)
    const gateway = await app(store, baseline.address)
    const served = async (): Promise<string> => (await call(gateway.port, url, baggage('alice'))).body
    await added(laptop.running, { instance: mine.address })
    await expect.poll(served, { timeout: 10_000 }).toBe('alice')
    const views = gateway.running.tenants.list().find(({ tenant }) => tenant === 'alice')
    expect(views?.instances).toMatchObject([{ service: 'stock', instance: mine.address, alive: true }])

    await expect(added(laptop.running, { owner: 'two', instance: mine.address })).rejects.toMatchObject({
      code: 'INSTANCE_TAKEN',
    })
    vi.stubEnv('SVC_MOCK_TENANT_TOKEN', 'of somebody else')
    const wrong = { code: 'TENANT_TOKEN_WRONG' }
    await expect(added(gateway.running, { instance: mine.address })).rejects.toMatchObject(wrong)
    await expect(gateway.running.tenants.remove('alice')).rejects.toMatchObject(wrong)
    expect(await served()).toBe('alice')
    vi.unstubAllEnvs()

    // Shown to a newcomer, and gone everywhere at once.
    const late = await app(store, baseline.address)
    const there = async (): Promise<string> => (await call(late.port, url, baggage('alice'))).body
    await expect.poll(there, { timeout: 10_000 }).toBe('alice')
    expect(await laptop.running.tenants.remove('alice', 'stock', 'one')).toHaveLength(1)
    await expect.poll(served, { timeout: 10_000 }).toBe('baseline')
    await expect.poll(there, { timeout: 10_000 }).toBe('baseline')

    await added(laptop.running, { instance: mine.address, ttlMs: 1_000 })
    await expect.poll(served, { timeout: 10_000 }).toBe('alice')
    await expect.poll(served, { timeout: 10_000 }).toBe('baseline')
    const keys = await redisCommand(redis.port, ['AUTH', 'secret word'], ['SELECT', '2'], ['KEYS', '*'])
    expect(keys).toEqual(['OK', 'OK', ['svcm-tenants:token:alice']])
  })

  it('that goes away is told of once, and found again', async () => {
    const redis = await startRedis()
    const baseline = await instance('baseline')
    const { running, notices } = await app(`redis://127.0.0.1:${redis.port}`, baseline.address)
    await added(running, { instance: baseline.address })
    await redis.stop()
    await vi.waitUntil(() => notices.length > 0, { timeout: 10_000 })
    expect(notices[0]).toMatch(/^tenants\.store redis:\/\/127\.0\.0\.1:\d+ cannot be reached/)
    const again = await startRedis('--port', String(redis.port))
    onTestFinished(() => again.stop())
    await vi.waitUntil(() => notices.some((text) => text.endsWith('answers again')), { timeout: 10_000 })
    await added(running, { instance: baseline.address })
    expect(notices).toHaveLength(2)
  })
})

it('a store that is not there stops nothing but adding', async () => {
  const baseline = await instance('baseline')
  const { running, port } = await app(`redis://:secret@127.0.0.1:${await deadPort()}`, baseline.address)
  expect(await call(port, url, baggage('alice'))).toMatchObject({ body: 'baseline' })
  const adding = running.tenants.add({
    tenant: 'alice',
    service: 'stock',
    instance: baseline.address,
    ttlMs: 5_000,
    owner: 'one',
  })
  await expect(adding).rejects.toMatchObject({ code: 'TENANT_STORE_FAILED' })
  await expect(adding).rejects.not.toThrow('secret')
})

describe('its protocol', () => {
  it('is read whole however it is cut', () => {
    const bytes = Buffer.from(
      '+OK\r\n-ERR no\r\n:7\r\n$5\r\nä\r\nb\r\n$-1\r\n*2\r\n$1\r\na\r\n*1\r\n:1\r\n*-1\r\n*0\r\n',
    )
    const whole = new ReplyParser().push(bytes)
    expect(whole).toEqual(['OK', new RedisError('ERR no'), 7, 'ä\r\nb', null, ['a', [1]], null, []])
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const parser = new ReplyParser()
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end))
        expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(whole)
      }),
    )
  })

  it('refuses what is none', () => {
    expect(() => new ReplyParser().push(Buffer.from('HTTP/1.1 400\r\n'))).toThrow(RedisError)
  })

  it('counts bytes', () => {
    expect(encodeCommand(['SET', 'ä'])).toBe('*2\r\n$3\r\nSET\r\n$2\r\nä\r\n')
  })
})

/** Replies of a few commands, by a connection of their own. */
const redisCommand = (port: number, ...commands: readonly string[][]): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    const parser = new ReplyParser()
    const replies: unknown[] = []
    const socket = createConnection(port, '127.0.0.1', () =>
      socket.write(commands.map(encodeCommand).join('')),
    )
    socket.on('error', reject)
    socket.on('data', (bytes) => {
      replies.push(...parser.push(bytes))
      if (replies.length < commands.length) return
      socket.destroy()
      resolve(replies)
    })
  })
