/**
 * The presets of an embedded broker: each tenant's lane begins with them when it is first used. A log only grows, so a topic gets its messages
 * once for each lane, until that begins again; topics that come with a reload get theirs then.
 */
import type { Tenant } from '../../../core/call.ts'
import { isFor, type Preset } from '../../../core/preset.ts'
import type { ProducedRecord } from '../client/producer.ts'
import type { Formats } from '../formats/topic-formats.ts'
import type { PresetTopic } from './dialect.ts'

export interface PresetFacts {
  current(): readonly Preset[]
  readonly formats: Formats
  /** Into the tenant's lane, past mocks. */
  send(record: ProducedRecord, tenant: Tenant): Promise<unknown>
  now(): number
  failed(preset: Preset, error: Error): void
}

interface Lane {
  readonly tenant: Tenant
  readonly topics: Set<string>
  /** The last work. */
  done: Promise<void>
}

export class BrokerPresets {
  private readonly facts: PresetFacts
  private readonly lanes = new Map<string, Lane>()

  constructor(facts: PresetFacts) {
    this.facts = facts
  }

  /** Resolves when what the tenant's lane begins with is there; undefined where it is already. Never rejects. */
  open(tenant: Tenant): Promise<void> {
    const known = this.lanes.get(tenant.id)
    if (known !== undefined) return known.done
    const lane: Lane = { tenant, topics: new Set(), done: Promise.resolve() }
    this.lanes.set(tenant.id, lane)
    this.fill(lane)
    return lane.done
  }

  /** Takes new topics into the lanes in use. */
  refresh(): void {
    for (const lane of this.lanes.values()) this.fill(lane)
  }

  /** The lanes in use, or one of them, get all of it again. */
  beginAgain(tenant: string | undefined): void {
    for (const [id, before] of this.lanes) {
      if (tenant !== undefined && id !== tenant) continue
      const lane: Lane = { tenant: before.tenant, topics: new Set(), done: before.done }
      this.lanes.set(id, lane)
      this.fill(lane)
    }
  }

  private fill(lane: Lane): void {
    const due = this.facts
      .current()
      .filter((preset) => isFor(preset, lane.tenant.id) && !lane.topics.has(preset.name))
    for (const preset of due) lane.topics.add(preset.name)
    if (due.length > 0) lane.done = lane.done.then(() => this.put(due, lane))
  }

  private async put(presets: readonly Preset[], lane: Lane): Promise<void> {
    const { formats, send, now, failed } = this.facts
    const { tenant } = lane
    for (const preset of presets) {
      // It has begun again meanwhile.
      if (this.lanes.get(tenant.id) !== lane) return
      const { topic, records } = preset.value as PresetTopic
      try {
        const sent: Promise<unknown>[] = []
        for (const { key, value, headers, partition, timestamp = now() } of records) {
          const bytes = await formats.encode(topic, value)
          sent.push(send({ topic, key, value: bytes, headers, partition, timestamp }, tenant))
        }
        await Promise.all(sent)
      } catch (error) {
        failed(preset, error as Error)
      }
    }
  }
}
