/**
 * Routes that several svc-mocks share, in a Redis. Each is a key that expires with its lease; a tenant belongs to whoever
 * brought its token first, for a day after the last sign of life; changes are published, and looked for every 15 s besides.
 */

import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisConnection as Connection } from './connection.ts'
import { RedisConnection } from './connection.ts'
import { RedisError, type RedisReply } from './resp.ts'

/** No tenant's keys begin so: those are `svcm:<tenant>:`. */
const root = 'svcm-tenants:'
const channel = `${root}changed`
const tokenLifeMs = 24 * 60 * 60 * 1000
const lookMs = 15_000
const againMs = 1_000

export interface StoredRoute {
  readonly tenant: string
  readonly service: string
  /** An address, as `http://10.0.0.7:8080`. */
  readonly instance: string
  readonly owner: string
}

export interface StoreEvents {
  /** A route is there, for `leftMs`. */
  put(route: StoredRoute, leftMs: number): void
  gone(tenant: string, service: string): void
  /** All routes that there are have been told. */
  synced(keys: ReadonlySet<string>): void
  /** The store cannot be reached, or answers again. */
  state(reachable: boolean, reason?: Error): void
}

export interface StorePlace {
  readonly user: string
  readonly password: string
  readonly database: number
}

export type PutResult = 'put' | 'wrong token' | 'taken'

// KEYS: token, route. ARGV: token's digest, token's life, route, its life, owner, name. Atomic, so that no two win.
const putScript = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 'wrong token' end
local there = redis.call('GET', KEYS[2])
if there and cjson.decode(there).owner ~= ARGV[5] then return 'taken' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
if there ~= ARGV[3] then redis.call('PUBLISH', '${channel}', ARGV[6]) end
return 'put'`

// KEYS: token, route. ARGV: token's digest, owner or '', name.
const removeScript = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 'wrong token' end
local there = redis.call('GET', KEYS[2])
if not there then return 'none' end
if ARGV[2] ~= '' and cjson.decode(there).owner ~= ARGV[2] then return 'taken' end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', '${channel}', ARGV[3])
return 'removed'`

export class RouteStore {
  private readonly dial: () => Promise<Duplex>
  private readonly place: StorePlace
  private readonly events: StoreEvents
  private readonly stop = new AbortController()
  private commands: Connection | undefined
  private reachable = true

  /** `dial` opens a connection, encrypted where that is wanted. */
  constructor(dial: () => Promise<Duplex>, place: StorePlace, events: StoreEvents) {
    this.dial = dial
    this.place = place
    this.events = events
    void this.run()
  }

  close(): void {
    this.stop.abort()
    this.commands?.close()
  }

  /** `digest`: of the tenant's token. Rejects when the store cannot be reached. */
  async put(route: StoredRoute, ttlMs: number, digest: string): Promise<PutResult> {
    const { tenant, service, owner } = route
    const value = JSON.stringify({ instance: route.instance, owner })
    const args = [digest, String(tokenLifeMs), value, String(ttlMs), owner, nameOf(tenant, service)]
    return (await this.evaluate(putScript, tenant, service, args)) as PutResult
  }

  /** `owner` '': by whomever. */
  async remove(tenant: string, service: string, owner: string, digest: string): Promise<string> {
    const args = [digest, owner, nameOf(tenant, service)]
    return String(await this.evaluate(removeScript, tenant, service, args))
  }

  private evaluate(
    script: string,
    tenant: string,
    service: string,
    args: readonly string[],
  ): Promise<RedisReply> {
    if (this.commands === undefined) return Promise.reject(new Error('it has not answered yet'))
    const keys = [`${root}token:${tenant}`, `${root}route:${nameOf(tenant, service)}`]
    return this.commands.ask('EVAL', script, '2', ...keys, ...args)
  }

  private async run(): Promise<void> {
    const { signal } = this.stop
    while (!signal.aborted) {
      try {
        await this.attend()
      } catch (error) {
        if (signal.aborted) return
        if (this.reachable) this.events.state(false, error as Error)
        this.reachable = false
      }
      await sleep(againMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Until a connection is lost. */
  private async attend(): Promise<never> {
    const commands = await this.open()
    this.commands = commands
    const changes = await this.open((name) => void this.look(commands, name).catch(() => undefined))
    try {
      await changes.ask('SUBSCRIBE', channel)
      const lost = Promise.race([commands.over, changes.over])
      for (;;) {
        await this.lookAtAll(commands)
        if (!this.reachable) this.events.state(true)
        this.reachable = true
        const reason = await Promise.race([lost, sleep(lookMs, undefined, { signal: this.stop.signal })])
        if (reason !== undefined) throw reason
      }
    } finally {
      this.commands = undefined
      commands.close()
      changes.close()
    }
  }

  private async open(message?: (text: string) => void): Promise<Connection> {
    const connection = new RedisConnection(await this.dial(), message)
    const { user, password, database } = this.place
    if (password !== '') await connection.ask('AUTH', ...(user === '' ? [] : [user]), password)
    if (database !== 0) await connection.ask('SELECT', String(database))
    return connection
  }

  private async lookAtAll(commands: Connection): Promise<void> {
    const names = new Set<string>()
    let cursor = '0'
    do {
      const reply = await commands.ask('SCAN', cursor, 'MATCH', `${root}route:*`, 'COUNT', '1000')
      const [next, keys] = reply as readonly [string, readonly string[]]
      cursor = next
      for (const key of keys) names.add(key.slice(`${root}route:`.length))
    } while (cursor !== '0')
    for (const name of names) await this.look(commands, name)
    this.events.synced(names)
  }

  private async look(commands: Connection, name: string): Promise<void> {
    const [tenant = '', service = ''] = name.split(' ')
    const key = `${root}route:${name}`
    const [value, left] = await Promise.all([commands.ask('GET', key), commands.ask('PTTL', key)])
    if (typeof value !== 'string' || typeof left !== 'number' || left <= 0) {
      this.events.gone(tenant, service)
      return
    }
    const { instance, owner } = JSON.parse(value) as Partial<StoredRoute>
    if (typeof instance === 'string' && typeof owner === 'string')
      this.events.put({ tenant, service, instance, owner }, left)
  }
}

/** Neither tenants' nor services' names have spaces. */
export const nameOf = (tenant: string, service: string): string => `${tenant} ${service}`

export { RedisError }
