/**
 * What the application's keys and channels are called on the wire: the lane's names, by the policies of the service. In
 * cluster mode keys keep the slot that the client worked out for them.
 */
import { type Lane, laneRoot } from '../../core/lane.ts'
import type { KeyPolicy, RedisSettings } from '../../core/service-entry.ts'
import { escapeGlob, globMatches } from './glob.ts'
import { Refusal } from './refusal.ts'

export class Names {
  readonly lane: Lane
  /** Before the tenant's keys; empty for the baseline's. */
  readonly prefix: Buffer
  /** Every key is the prefix and the key: no policy and no cluster asks for more. */
  readonly plain: boolean
  readonly cluster: boolean
  readonly hasOverlay: boolean
  /** Who clears the cache clears what is its own: a tenant, and on a server of svc-mock's the baseline, too. */
  readonly clearable: boolean
  private readonly policies: readonly { readonly match: Buffer; readonly policy: KeyPolicy }[]
  private readonly sharedChannels: boolean
  /** Before the marks of overlay keys that the tenant has written. */
  readonly markRoot: Buffer

  constructor(lane: Lane, { keys, channels, cluster }: RedisSettings, ownServer = false) {
    this.lane = lane
    this.clearable = !lane.baseline || ownServer
    this.prefix = Buffer.from(lane.affixes('key').before)
    this.cluster = cluster
    // Policies say what a tenant sees of the baseline, which sees itself.
    const own = lane.baseline ? [] : keys
    this.policies = own.map(({ match, policy }) => ({ match: Buffer.from(match), policy }))
    this.hasOverlay = own.some(({ policy }) => policy === 'overlay')
    this.sharedChannels = channels === 'shared' || lane.baseline
    this.plain = own.length === 0 && (!cluster || lane.baseline)
    this.markRoot = Buffer.from(`${laneRoot}${lane.tenant}~`)
  }

  policy(key: Uint8Array): KeyPolicy {
    for (const { match, policy } of this.policies) if (globMatches(match, key)) return policy
    return 'isolate'
  }

  /** A key on the wire; an overlay one as the tenant's own. */
  key(key: Uint8Array): Buffer {
    if (this.policies.length > 0 && this.policy(key) === 'shared') return Buffer.from(key)
    return this.own(key)
  }

  /** The tenant's own key, whatever the policy. */
  own(key: Uint8Array): Buffer {
    if (!this.cluster || this.lane.baseline) return Buffer.concat([this.prefix, key])
    return Buffer.concat([this.prefix, slotForm(key)])
  }

  /** The mark that an overlay key is the tenant's from now on; in the key's slot. */
  mark(key: Uint8Array): Buffer {
    return Buffer.concat([this.markRoot, this.cluster ? slotForm(key) : key])
  }

  /** The application's key; undefined: the tenant does not see it. Overlay keys of the baseline are seen. */
  seen(wire: Buffer): Buffer | undefined {
    const mine = this.mine(wire)
    if (mine !== undefined || this.policies.length === 0) return mine
    if (startsWith(wire, root)) return undefined
    return this.policy(wire) === 'isolate' ? undefined : wire
  }

  /** The application's key when the wire's is the tenant's own. */
  mine(wire: Buffer): Buffer | undefined {
    // The baseline's are all that are no tenant's.
    if (this.lane.baseline) return startsWith(wire, root) ? undefined : wire
    if (!startsWith(wire, this.prefix)) return undefined
    const name = wire.subarray(this.prefix.length)
    return this.cluster ? fromSlotForm(name) : name
  }

  /** Replies name only keys that were asked for, so that what is not in the lane was shared. */
  back(wire: Buffer): Buffer {
    return this.mine(wire) ?? wire
  }

  /** For KEYS and MATCH: finds at least the keys that are seen and match; `exact`: no others. */
  keyPattern(pattern: Uint8Array): { readonly wire: Buffer; readonly exact: boolean } {
    const root = escapeGlob(this.prefix)
    if (this.plain) return { wire: Buffer.concat([root, pattern]), exact: true }
    if (this.policies.length === 0) return { wire: Buffer.concat([root, any]), exact: false }
    return { wire: any, exact: false }
  }

  /** Patterns inside SORT: the star stands for an element, and the key's slot cannot be known. */
  elementPattern(pattern: Buffer): Buffer {
    return this.key(pattern)
  }

  channel(name: Uint8Array): Buffer {
    const text = Buffer.from(name)
    const { at } = keyspaceChannel(text)
    if (at >= 0) return Buffer.concat([text.subarray(0, at), this.key(text.subarray(at))])
    if (this.sharedChannels || isReserved(text)) return text
    return Buffer.from(this.lane.rename('channel', name))
  }

  /** A pattern of channels. Of events those of other tenants are left out when they come. */
  channelPattern(pattern: Uint8Array): Buffer {
    const text = Buffer.from(pattern)
    const { at } = keyspaceChannel(text)
    if (at >= 0 && this.plain)
      return Buffer.concat([text.subarray(0, at), escapeGlob(this.prefix), text.subarray(at)])
    if (this.sharedChannels || isReserved(text)) return text
    return Buffer.concat([escapeGlob(this.prefix), text])
  }

  /** undefined: nothing of this tenant's. */
  channelSeen(wire: Buffer): Buffer | undefined {
    const { at } = keyspaceChannel(wire)
    if (at >= 0) {
      const key = this.seen(wire.subarray(at))
      return key === undefined ? undefined : Buffer.concat([wire.subarray(0, at), key])
    }
    if (isReserved(wire)) return wire
    if (this.lane.baseline) return startsWith(wire, root) ? undefined : wire
    const own = this.lane.restore('channel', wire)
    if (own !== undefined) return Buffer.from(own)
    return this.sharedChannels && !startsWith(wire, root) ? wire : undefined
  }

  /** Takes the lane's names out of a text for people, as an error. */
  hide(text: Buffer): Buffer {
    if (this.prefix.length === 0 || text.indexOf(this.prefix) < 0) return text
    const hidden = text.toString('latin1').replaceAll(this.prefix.toString('latin1'), '')
    return Buffer.from(hidden, 'latin1')
  }
}

const root = Buffer.from(laneRoot)
const any = Buffer.from('*')

const startsWith = (bytes: Buffer, start: Buffer): boolean =>
  bytes.length >= start.length && bytes.compare(start, 0, start.length, 0, start.length) === 0

/** Where the key begins in a channel of keyspace events, `__keyspace@0__:<key>`; -1 in others. */
const keyspaceChannel = (name: Buffer): { readonly at: number } => {
  if (name[0] !== 95 || name.toString('latin1', 0, 11) !== '__keyspace@') return { at: -1 }
  const end = name.indexOf('__:', 11, 'latin1')
  return { at: end < 0 ? -1 : end + 3 }
}

/** Channels that the server itself speaks on. */
const isReserved = (name: Buffer): boolean => {
  const start = name.toString('latin1', 0, 10)
  return start.startsWith('__key') || start === '__redis__:'
}

export const isKeyEvent = (channel: Buffer): boolean => channel.toString('latin1', 0, 11) === '__keyevent@'

/**
 * A key whose slot is that of `key` (CRC16 of the first braces' content, else of all of it): `r` and the key where it has
 * such braces, else `w` and the key in braces. Keys with odd braces, as `a{}b`, cannot keep theirs.
 */
const slotForm = (key: Uint8Array): Buffer => {
  if (hasTag(key)) return Buffer.concat([raw, key])
  if (key.length === 0 || key.includes(125))
    throw new Refusal('ERR svc-mock: a key of a cluster that is empty or has odd braces cannot keep its slot')
  return Buffer.concat([wrapped, key, close])
}

const fromSlotForm = (name: Buffer): Buffer | undefined => {
  if (name[0] === 114) return name.subarray(1)
  return name[0] === 119 && name.length >= 3 ? name.subarray(2, -1) : undefined
}

const raw = Buffer.from('r')
const wrapped = Buffer.from('w{')
const close = Buffer.from('}')

const hasTag = (key: Uint8Array): boolean => {
  const open = key.indexOf(123)
  if (open < 0) return false
  const end = key.indexOf(125, open + 1)
  return end > open + 1
}
