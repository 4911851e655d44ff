/** The lanes of tenants: keys, channels and topics get a prefix, groups and queues a suffix, calls a tag. */
import { type Affixes, type Lane, laneRoot, type NameKind } from '../core/lane.ts'
import { baselineId } from '../core/tenant-name.ts'
import type { Tag } from './tag.ts'

const utf8 = new TextEncoder()
const nothing = new Uint8Array(0)

/**
 * `svcm:<tenant>:` in front; no sign of it means anything in a pattern, since names have none that does. Consumer
 * groups, transactions and queues have theirs behind, because permissions go by prefixes of such names.
 */
const affixesOf = (tenant: string): Readonly<Record<NameKind, Affixes>> => {
  const prefix = { before: utf8.encode(`${laneRoot}${tenant}:`), after: nothing }
  const dotted = { before: utf8.encode(`svcm.${tenant}.`), after: nothing }
  const suffix = { before: nothing, after: utf8.encode(`.svcm-${tenant}`) }
  return {
    key: prefix,
    pattern: prefix,
    channel: prefix,
    // A colon may not stand in a topic's name.
    topic: dotted,
    group: suffix,
    transaction: suffix,
    queue: suffix,
  }
}

const noAffixes: Affixes = { before: nothing, after: nothing }

export const laneOf = (tenant: string, tag: Tag): Lane =>
  tenant === baselineId ? baselineLane(tag) : tenantLane(tenant, tag)

const baselineLane = (tag: Tag): Lane => ({
  tenant: baselineId,
  baseline: true,
  affixes: () => noAffixes,
  rename: (_kind, name) => name,
  restore: (_kind, name) => name,
  tag: (metadata) => metadata,
  accepts: (metadata) => (tag.read(metadata) ?? baselineId) === baselineId,
})

const tenantLane = (tenant: string, tag: Tag): Lane => {
  const affixes = affixesOf(tenant)
  return {
    tenant,
    baseline: false,
    affixes: (kind) => affixes[kind],
    rename: (kind, name) => {
      const { before, after } = affixes[kind]
      const renamed = new Uint8Array(before.length + name.length + after.length)
      renamed.set(before)
      renamed.set(name, before.length)
      renamed.set(after, before.length + name.length)
      return renamed
    },
    restore: (kind, name) => {
      const { before, after } = affixes[kind]
      const end = name.length - after.length
      if (end < before.length || !standsAt(name, before, 0) || !standsAt(name, after, end)) return undefined
      return name.subarray(before.length, end)
    },
    tag: (metadata) => tag.add(metadata, tenant),
    accepts: (metadata) => tag.read(metadata) === tenant,
  }
}

const standsAt = (name: Uint8Array, part: Uint8Array, at: number): boolean =>
  part.every((byte, i) => name[at + i] === byte)
