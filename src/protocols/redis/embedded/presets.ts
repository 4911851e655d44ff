/**
 * The presets of an embedded cache: each tenant's lane begins with them when it is first used. What a tenant has written,
 * removed or flushed stays so; presets that change while running take the place only of what nobody has touched.
 */
import { isFor, type Preset } from '../../../core/preset.ts'
import type { Names } from '../names.ts'
import type { EmbeddedCache } from './embedded-cache.ts'
import type { PresetKey } from './preset.ts'
import { bytesOf } from './pubsub.ts'
import type { Database } from './store/database.ts'

interface Wanted {
  readonly db: Database
  /** On the wire. */
  readonly key: string
  readonly preset: Preset
}

/** The tenant's own keys, and what marks them. */
const isOf = (names: Names, key: Buffer): boolean =>
  names.mine(key) !== undefined || key.subarray(0, names.markRoot.length).equals(names.markRoot)

export class CachePresets {
  private readonly cache: EmbeddedCache
  private readonly current: () => readonly Preset[]
  /** Lanes in use, by tenant. */
  private readonly lanes = new Map<string, Names>()
  /** What has been put where: prints by database and key. */
  private readonly put = new Map<
    string,
    { readonly db: Database; readonly key: string; readonly print: string }
  >()

  constructor(cache: EmbeddedCache, current: () => readonly Preset[]) {
    this.cache = cache
    this.current = current
  }

  /** The tenant's first connection brings the presets. */
  open(names: Names): void {
    const known = this.lanes.get(names.lane.tenant)
    if (known === names) return
    this.lanes.set(names.lane.tenant, names)
    if (known === undefined) this.refresh()
  }

  /** Takes changed presets into the lanes in use. */
  refresh(): void {
    const wanted = this.wanted()
    for (const [place, { db, key, print }] of this.put) {
      if (wanted.has(place)) continue
      if (db.entry(key)?.preset === print) db.delete(key)
      this.put.delete(place)
    }
    for (const [place, { db, key, preset }] of wanted) {
      const before = this.put.get(place)?.print
      if (before === preset.print) continue
      const entry = db.entry(key)
      const untouched = before === undefined ? entry === undefined : entry?.preset === before
      if (untouched) this.write(db, key, preset)
      this.put.set(place, { db, key, print: preset.print })
    }
    this.cache.serveReady()
    this.cache.settle()
  }

  /** All lanes, or one, as when they were first used. Returns how many keys they held. */
  beginAgain(tenant: string | undefined): number {
    const names = tenant === undefined ? undefined : this.lanes.get(tenant)
    if (tenant !== undefined && names === undefined) return 0
    const within = (key: string): boolean => names === undefined || isOf(names, bytesOf(key))
    let held = 0
    for (const db of this.cache.databases)
      for (const key of [...db.keys()]) if (within(key) && db.delete(key)) held++
    for (const [place, { key }] of this.put) if (within(key)) this.put.delete(place)
    this.refresh()
    return held
  }

  private wanted(): ReadonlyMap<string, Wanted> {
    const wanted = new Map<string, Wanted>()
    const presets = this.current()
    for (const [tenant, names] of this.lanes)
      for (const preset of presets) {
        if (!isFor(preset, tenant)) continue
        const { key: own, db: index } = preset.value as PresetKey
        const name = bytesOf(own)
        // What is shared, or shows through, is the baseline's.
        const key = (names.policy(name) === 'isolate' ? names.own(name) : name).toString('latin1')
        wanted.set(`${index} ${key}`, { db: this.cache.databases[index]!, key, preset })
      }
    return wanted
  }

  private write(db: Database, key: string, { value, print }: Preset): void {
    const { make, ttlMs } = value as PresetKey
    db.set(key, make())
    if (ttlMs !== undefined) db.setExpiry(key, this.cache.now() + ttlMs)
    const entry = db.entry(key)
    if (entry !== undefined) entry.preset = print
  }
}
