/** The keys of one database: what they hold and when they end. Keys that have run out are gone for whoever looks. */
import { wrongType } from '../failure.ts'
import type { Kind, Value } from './values.ts'

export interface Entry {
  value: Value
  /** Milliseconds since the epoch; undefined: it stays. */
  expiresAt: number | undefined
  /** The preset that the key still holds as it was loaded; see presets.ts. */
  preset: string | undefined
  /** Counts keys as they are made. */
  readonly serial: number
}

interface Made {
  readonly serial: number
  readonly key: string
}

/** Who is told of what becomes of keys. */
export interface DatabaseEvents {
  readonly now: () => number
  /** A key was written, or is gone. */
  changed(database: Database, key: string): void
  /** For keyspace events: `kind` is its letter in notify-keyspace-events. */
  happened(kind: string, event: string, key: string, database: Database): void
}

type ValueOf<K extends Kind> = Extract<Value, { readonly kind: K }>

export class Database {
  readonly index: number
  entries = new Map<string, Entry>()
  /** Keys that will run out. */
  expiring = new Set<string>()
  private readonly events: DatabaseEvents
  /** Keys in the order in which they were made, those that are gone among them until there are too many. */
  private order: Made[] = []
  private lastSerial = 0

  constructor(index: number, events: DatabaseEvents) {
    this.index = index
    this.events = events
  }

  get size(): number {
    return this.entries.size
  }

  entry(key: string): Entry | undefined {
    const entry = this.entries.get(key)
    if (entry?.expiresAt === undefined || entry.expiresAt > this.events.now()) return entry
    this.expire(key)
    return undefined
  }

  get(key: string): Value | undefined {
    return this.entry(key)?.value
  }

  /** Throws WRONGTYPE. */
  typed<K extends Kind>(key: string, kind: K): ValueOf<K> | undefined {
    const value = this.get(key)
    if (value === undefined) return undefined
    if (value.kind !== kind) throw wrongType()
    return value as ValueOf<K>
  }

  /** The key's time to live is kept where `keepTtl`. */
  set(key: string, value: Value, keepTtl = false): void {
    const known = this.entry(key)
    const expiresAt = keepTtl ? known?.expiresAt : undefined
    if (expiresAt === undefined) this.expiring.delete(key)
    const serial = known?.serial ?? ++this.lastSerial
    if (known === undefined) this.order.push({ serial, key })
    this.entries.set(key, { value, expiresAt, preset: undefined, serial })
    this.changed(key)
  }

  setExpiry(key: string, expiresAt: number | undefined): void {
    const entry = this.entries.get(key)
    if (entry === undefined) return
    entry.expiresAt = expiresAt
    if (expiresAt === undefined) this.expiring.delete(key)
    else this.expiring.add(key)
    this.changed(key)
  }

  delete(key: string): boolean {
    if (this.entry(key) === undefined) return false
    this.remove(key)
    this.changed(key)
    return true
  }

  /** After a change inside the key's value. An empty collection is none. */
  changed(key: string): void {
    const entry = this.entries.get(key)
    if (entry !== undefined) entry.preset = undefined
    this.events.changed(this, key)
  }

  notify(kind: string, event: string, key: string): void {
    this.events.happened(kind, event, key, this)
  }

  /** Told together: the key was written, and how. */
  wrote(kind: string, event: string, key: string): void {
    this.changed(key)
    this.notify(kind, event, key)
  }

  /** Removes a collection that has become empty. */
  dropEmpty(key: string, size: number): void {
    if (size > 0) return
    this.remove(key)
    this.notify('g', 'del', key)
  }

  clear(): number {
    const { size } = this
    const keys = [...this.entries.keys()]
    this.entries = new Map()
    this.expiring = new Set()
    this.order = []
    for (const key of keys) this.events.changed(this, key)
    return size
  }

  /** Each gets what the other one has. */
  swap(other: Database): void {
    const { entries, expiring, order, lastSerial } = this
    const keys = new Set([...entries.keys(), ...other.entries.keys()])
    this.entries = other.entries
    this.expiring = other.expiring
    this.order = other.order
    this.lastSerial = other.lastSerial
    other.entries = entries
    other.expiring = expiring
    other.order = order
    other.lastSerial = lastSerial
    for (const key of keys) for (const db of [this, other]) this.events.changed(db, key)
  }

  /** Looks at so many keys that can run out, those first that were looked at longest ago. */
  sweep(most: number): void {
    let left = Math.min(most, this.expiring.size)
    for (const key of this.expiring) {
      if (left-- === 0) return
      if (this.entry(key) === undefined) continue
      this.expiring.delete(key)
      this.expiring.add(key)
    }
  }

  /** Live keys, those that have run out left out. */
  *keys(): Generator<string> {
    for (const key of this.entries.keys()) if (this.entry(key) !== undefined) yield key
  }

  /**
   * At most `count` live keys that were made behind `cursor`, and the cursor behind them; 0: there are no more. Keys that
   * stay are told exactly once, whatever comes and goes between two pages.
   */
  page(cursor: number, count: number): { readonly keys: readonly string[]; readonly cursor: number } {
    const { order } = this
    let [from, to] = [0, order.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if (order[middle]!.serial <= cursor) from = middle + 1
      else to = middle
    }
    const keys: string[] = []
    for (let i = from; i < order.length; i++) {
      const { key, serial } = order[i]!
      if (this.entry(key)?.serial !== serial) continue
      if (keys.length >= count) return { keys, cursor: order[i - 1]!.serial }
      keys.push(key)
    }
    return { keys, cursor: 0 }
  }

  /** A live key by lot; undefined: there is none. */
  anyKey(random: () => number): string | undefined {
    for (let tries = 0; tries < 100 && this.order.length > 0; tries++) {
      const { key, serial } = this.order[Math.floor(random() * this.order.length)]!
      if (this.entry(key)?.serial === serial) return key
    }
    return this.keys().next().value
  }

  private expire(key: string): void {
    this.remove(key)
    this.events.changed(this, key)
    this.notify('x', 'expired', key)
  }

  private remove(key: string): void {
    this.entries.delete(key)
    this.expiring.delete(key)
    if (this.order.length > 64 && this.order.length > 2 * this.entries.size)
      this.order = this.order.filter(({ key: one, serial }) => this.entries.get(one)?.serial === serial)
  }
}
