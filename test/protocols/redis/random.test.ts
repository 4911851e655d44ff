/**
 * Two tenants at once against one shared server, each held against a server of its own that gets the same commands: every reply,
 * message and event must be the same. SVC_MOCK_LONG=1 runs a hundred thousand operations instead of some thousand.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ReplyScanner } from '../../../src/protocols/redis/resp/reply-scanner.ts'
import { decodeReply, encodeCommand, type Resp } from '../../../src/protocols/redis/resp/value.ts'
import { proxy } from '../../support/proxy.ts'
import { hasRedis, redisServer } from '../../support/redis.ts'

const operations = process.env['SVC_MOCK_LONG'] === '1' ? 100_000 : 6_000

/** A linear congruential generator, so that a seed names a run. */
class Lots {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.state / 2 ** 32) * n)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}

/** Names that look like prefixes, patterns, slots and nothing at all. */
const keys = [
  'a',
  'b',
  'c:1',
  'c:2',
  'svcm:bob:a',
  'svcm:',
  '{t}x',
  '*',
  '[a]',
  'ключ',
  'with space',
  '',
  'l1',
  'l2',
  'h',
  's1',
  's2',
  'z',
]
/** Not the empty one: a server's `*` does not match it, and `svcm:alice:*` matches the tenant's. */
const channels = ['news', 'c:1', 'svcm:bob:news', '*']
const values = ['', '1', '42', 'text', 'QUEUED', '\r\n', '*1\r\n$1\r\nx\r\n', 'x'.repeat(5_000)]

type Make = (lots: Lots) => string[]

const anyOf: readonly Make[] = [
  (l) => ['SET', l.pick(keys), l.pick(values)],
  (l) => ['set', l.pick(keys), l.pick(values), 'KEEPTTL', 'GET'],
  (l) => ['GET', l.pick(keys)],
  (l) => ['GET', l.pick(keys)],
  (l) => ['MGET', l.pick(keys), l.pick(keys), l.pick(keys)],
  (l) => ['MSET', l.pick(keys), l.pick(values), l.pick(keys), l.pick(values)],
  (l) => ['DEL', l.pick(keys), l.pick(keys)],
  (l) => ['INCR', l.pick(keys)],
  (l) => ['APPEND', l.pick(keys), 'x'],
  (l) => ['EXISTS', l.pick(keys), l.pick(keys)],
  (l) => ['TYPE', l.pick(keys)],
  (l) => ['RENAME', l.pick(keys), l.pick(keys)],
  (l) => ['COPY', l.pick(keys), l.pick(keys), 'REPLACE'],
  (l) => ['LPUSH', l.pick(['l1', 'l2']), l.pick(values), '2'],
  (l) => ['LRANGE', l.pick(['l1', 'l2', 'a']), '0', '-1'],
  () => ['LMOVE', 'l1', 'l2', 'LEFT', 'RIGHT'],
  (l) => ['BLPOP', l.pick(['l1', 'l2']), 'l2', '0.01'],
  (l) => ['LMPOP', '2', 'l1', 'l2', 'LEFT', 'COUNT', String(1 + l.below(3))],
  (l) => ['HSET', 'h', l.pick(['f', 'g']), l.pick(values)],
  () => ['HGETALL', 'h'],
  (l) => ['SADD', l.pick(['s1', 's2']), String(l.below(9))],
  () => ['SUNIONSTORE', 's2', 's1', 's2'],
  (l) => ['SMEMBERS', l.pick(['s1', 's2'])],
  (l) => ['ZADD', 'z', String(l.below(9)), l.pick(['m', 'n'])],
  () => ['ZRANGE', 'z', '0', '-1', 'WITHSCORES'],
  () => ['ZMPOP', '1', 'z', 'MIN'],
  () => ['SORT', 's1', 'BY', 'c:*', 'GET', '#', 'GET', 'c:*', 'LIMIT', '0', '9'],
  (l) => ['EVAL', 'return {redis.call("TYPE", KEYS[1])["ok"], ARGV[1]}', '1', l.pick(keys), 'arg'],
  () => ['EVAL', 'return 1', '7', 'a'],
  () => ['KEYS', '*'],
  () => ['KEYS', '[a-c]*'],
  () => ['KEYS', 'svcm:*'],
  () => ['SCAN', '0', 'COUNT', '1000'],
  () => ['SCAN', '0', 'MATCH', 'c:?', 'COUNT', '1000', 'TYPE', 'string'],
  () => ['SCAN', '0', 'NOSUCH'],
  () => ['DBSIZE'],
  (l) => ['OBJECT', 'REFCOUNT', l.pick(keys)],
  () => ['XADD', 'stream', 'NOID', 'f', 'v'],
  (l) => ['PUBLISH', l.pick(channels), l.pick(values)],
  (l) => ['PUBSUB', 'NUMSUB', l.pick(channels)],
  () => ['PUBSUB', 'CHANNELS'],
  () => ['GET'],
  () => ['NOSUCH', 'a'],
  (l) => ['SELECT', String(l.below(2))],
]
const rare: readonly Make[] = [() => ['FLUSHDB'], () => ['FLUSHALL', 'ASYNC'], () => ['UNLINK', ...keys]]
const without = (...names: readonly string[]): readonly Make[] =>
  anyOf.filter((make) => !names.includes(make(new Lots(1))[0]!))

/** What commands are drawn from, outside of MULTI and inside. */
interface Drawn {
  readonly any: readonly Make[]
  readonly inMulti: readonly Make[]
}
const ofRedis: Drawn = { any: anyOf, inMulti: without('DBSIZE') }
/** It has no scripts, and shares no small numbers. */
const ofEmbedded: Drawn = {
  any: without('EVAL', 'OBJECT'),
  inMulti: without('EVAL', 'OBJECT', 'DBSIZE'),
}

const next = (lots: Lots, { any, inMulti }: Drawn): string[][] => {
  const kind = lots.below(40)
  if (kind === 0) return [lots.pick(rare)(lots)]
  if (kind > 3) return [lots.pick(any)(lots)]
  const commands = Array.from({ length: 1 + lots.below(4) }, () => lots.pick(inMulti)(lots))
  const begin = lots.below(3) === 0 ? [['WATCH', lots.pick(keys)]] : []
  return [...begin, ['MULTI'], ...commands, [lots.below(5) === 0 ? 'DISCARD' : 'EXEC']]
}

/** Replies of which the order says nothing. */
const unordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(unordered).sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1))
    : value

const plain = ({ type, text, items }: Resp): unknown =>
  items === undefined
    ? `${String.fromCharCode(type)}${text?.toString('latin1') ?? 'null'}`
    : [String.fromCharCode(type), ...items.map(plain)]

class Wire {
  readonly frames: unknown[] = []
  private readonly socket: Socket
  private held = Buffer.alloc(0)
  private changed = Promise.withResolvers<void>()
  private readonly scanner = new ReplyScanner()

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('close', () => this.changed.resolve())
    socket.on('data', (chunk: Buffer) => {
      const { resolve } = this.changed
      this.changed = Promise.withResolvers()
      queueMicrotask(resolve)
      let at = 0
      while (at < chunk.length) {
        const end = this.scanner.scan(chunk, at)
        this.held = Buffer.concat([this.held, chunk.subarray(at, end < 0 ? chunk.length : end)])
        if (end < 0) return
        this.frames.push(unordered(plain(decodeReply(this.held))))
        this.held = Buffer.alloc(0)
        at = end
      }
    })
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return new Wire(socket)
  }

  async send(bytes: Buffer, cuts: readonly number[] = []): Promise<void> {
    const places = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].sort((x, y) => x - y)
    for (let i = 1; i < places.length; i++) {
      if (places[i - 1] === places[i]) continue
      this.socket.write(bytes.subarray(places[i - 1], places[i]))
      if (places.length > 2) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async until(count: number): Promise<unknown[]> {
    while (this.frames.length < count) {
      if (this.socket.destroyed) throw new Error('the connection ended')
      await this.changed.promise
    }
    return this.frames
  }
}

/** Nowhere, at some places, or at every byte. */
const cutsIn = (length: number, lots: Lots): readonly number[] => {
  const kind = lots.below(40)
  if (kind === 0 && length < 3_000) return Array.from({ length }, (_none, i) => i)
  return kind < 10 ? Array.from({ length: lots.below(30) }, () => lots.below(length)) : []
}

const subscriptions = [
  ['SUBSCRIBE', 'news', 'c:1'],
  ['PSUBSCRIBE', '*', 'sv*'],
  ['PSUBSCRIBE', '__keyspace@0__:*', '__keyevent@*__:*'],
]

describe.skipIf(!hasRedis)('two tenants at once', () => {
  it.each([
    [2, 'as bytes', 1],
    [3, 'as bytes', 2],
    [2, 'as calls', 1],
    [3, 'as calls', 2],
    [2, 'in an embedded cache', 3],
    [3, 'in an embedded cache', 4],
  ] as const)('never see each other, in RESP%i, %s', { timeout: 600_000 }, async (version, how, seed) => {
    // Lists are small, so that the order of replies is the order of writing; events tell what happened to which key.
    const options = ['--notify-keyspace-events', 'KEA', '--hz', '100']
    const [shared, ...own] = await Promise.all([
      redisServer(...options),
      redisServer(...options),
      redisServer(...options),
    ])
    const embedded = how === 'in an embedded cache'
    const drawn = embedded ? ofEmbedded : ofRedis
    const started = await proxy({
      'svc-mock.yaml': embedded
        ? 'services:\n  cache: { protocol: redis, tenantFrom: name, listen: 127.0.0.1:0, upstream: embedded }\n'
        : `services:\n${['alice', 'bob']
            .map(
              (name) =>
                `  ${name}: { protocol: redis, tenant: ${name}, listen: 127.0.0.1:0, upstream: redis://127.0.0.1:${shared.port} }\n`,
            )
            .join('')}`,
      // A mock without an answer sees every command with a key, and leaves it to the server.
      ...(how === 'as calls' &&
        Object.fromEntries(
          ['alice', 'bob'].map((name) => [
            `mocks/${name}/all.yaml`,
            `service: ${name}\nprotocol: redis\nmocks: [{ name: all }]\n`,
          ]),
        )),
    })
    const run = async (name: string, oracle: number, lots: Lots): Promise<void> => {
      const port = started.ownPort(embedded ? 'cache' : name)
      const sides = await Promise.all([port, oracle].map((one) => Wire.open(one)))
      const listeners = await Promise.all([port, oracle].map((one) => Wire.open(one)))
      if (embedded) {
        // One cache for both: who it is, is said by the client.
        for (const wire of [sides[0]!, listeners[0]!]) {
          await wire.send(encodeCommand(['CLIENT', 'SETNAME', `${name}@test`]))
          ;(await wire.until(1)).splice(0, 1)
        }
        await sides[0]!.send(encodeCommand(['CONFIG', 'SET', 'notify-keyspace-events', 'KEA']))
        ;(await sides[0]!.until(1)).splice(0, 1)
      }
      const hello = encodeCommand(['HELLO', String(version)])
      const names = subscriptions.reduce((sum, { length }) => sum + length - 1, 0)
      for (const listener of listeners) {
        await listener.send(Buffer.concat([hello, ...subscriptions.map(encodeCommand)]))
        // HELLO's reply tells the client's id.
        ;(await listener.until(1 + names)).splice(0, 1)
      }
      for (const side of sides) {
        // A command that nobody knows yet cannot be asked for inside MULTI.
        await side.send(Buffer.concat([hello, encodeCommand(['NOSUCH', 'a'])]))
        ;(await side.until(2)).splice(0, 2)
      }
      let done = 0
      while (done < operations / 2) {
        const commands: string[][] = []
        for (let i = 1 + lots.below(20); i > 0; i--) commands.push(...next(lots, drawn))
        done += commands.length
        const bytes = Buffer.concat(commands.map((args) => encodeCommand(args)))
        const cuts = cutsIn(bytes.length, lots)
        await Promise.all([sides[0]!.send(bytes, cuts), sides[1]!.send(bytes)])
        const [through, direct] = await Promise.all(sides.map((side) => side.until(commands.length)))
        if (JSON.stringify(through) !== JSON.stringify(direct))
          expect({ commands, replies: through }).toEqual({ commands, replies: direct })
        for (const side of sides) side.frames.length = 0
      }
      // A last message tells that all before it have come.
      const bye = Buffer.concat([encodeCommand(['SELECT', '0']), encodeCommand(['PUBLISH', 'news', 'bye'])])
      await Promise.all(sides.map((side) => side.send(bye)))
      const heard = await Promise.all(
        listeners.map(async ({ frames }, i) => {
          while (!JSON.stringify(frames.at(-1) ?? '').includes('bye') || frames.length < 2)
            await listeners[i]!.until(frames.length + 1)
          return frames
        }),
      )
      const comparable = (frames: readonly unknown[]): string[] =>
        frames.map((frame) => JSON.stringify(frame))
      // Patterns are served in the order of a server's hash table. FLUSHDB unlinks key by key and says so; the server's own says nothing.
      const flushless = (texts: string[]): string[] => texts.filter((text) => !text.includes('__key')).sort()
      expect(flushless(comparable(heard[0]!))).toEqual(flushless(comparable(heard[1]!)))
      expect(JSON.stringify(heard[0])).not.toMatch(/svcm:(alice|bob):(?!a"|news")/)
      expect(comparable(heard[0]!).filter((text) => text.includes('__keyspace')).length).toBeGreaterThan(100)
    }
    await Promise.all([
      run('alice', own[0]!.port, new Lots(seed)),
      run('bob', own[1]!.port, new Lots(seed + 100)),
    ])
    const calls = started.calls.filter(({ operation }) => operation !== 'connection')
    if (how !== 'as calls') expect(calls).toEqual([])
    else expect(calls.length).toBeGreaterThan(operations / 2)
  })
})
