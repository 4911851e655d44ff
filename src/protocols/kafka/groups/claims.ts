/**
 * Who gets a tenant's records of a guarded topic: from the offset of its claim on the tenant, before it the baseline, so that each record
 * is seen by one side. Both read it from Kafka's own store of offsets: the tenant's proxy commits it for the group
 * `<group>.svcm-<tenant>.claim`, which never has members; the baseline's proxy, the guard, looks there whenever it meets tagged records.
 *
 * It takes two commits. The first says that there will be a claim, only then is asked where the topic ends, and the second says so. A
 * guard that met a record behind the claim asked after the first commit: it knows that it must wait for the second.
 */
import type { ClusterClient, Partition, PartitionOffset } from './cluster-client.ts'
import { latest } from './cluster-client.ts'

/** The claim is being made; then when that began, in ms since 1970. */
const pendingWord = 'claiming '
/** Who began a claim and never ended it does not exist any more. */
const pendingMs = 10_000
/** Between two looks at a claim that is being made. */
const againMs = 50
/** With `offline: baseline`: how long a claim counts before a first member has joined. */
const joiningMs = 30_000

const settledWord = 'claimed '

const claimEnd = '.claim'

export const claimOf = (ownGroup: string): string => `${ownGroup}${claimEnd}`

/** The group whose claim a group holds; undefined: it holds none. */
export const claimedBy = (group: string): string | undefined =>
  group.endsWith(claimEnd) ? group.slice(0, -claimEnd.length) : undefined

export const placeOf = ({ topic, partition }: Partition): string => `${topic}\0${partition}`

export interface Claim {
  readonly offset: bigint
  /** ms since 1970. */
  readonly at: number
}

/** By `placeOf`. Waits for claims that are being made. */
export const readClaims = async (
  client: ClusterClient,
  ownGroup: string,
): Promise<ReadonlyMap<string, Claim>> => {
  for (;;) {
    const committed = await client.committed(claimOf(ownGroup))
    const pending = committed.filter(
      ({ metadata }) => metadata.startsWith(pendingWord) && Date.now() - whenOf(metadata) < pendingMs,
    )
    if (pending.length === 0) return settledClaims(committed)
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, againMs)
    await promise
  }
}

/** Of what a claim's group has committed; by `placeOf`. */
export const settledClaims = (
  committed: readonly (PartitionOffset & { readonly metadata: string })[],
): ReadonlyMap<string, Claim> =>
  new Map(
    committed
      .filter(({ metadata }) => metadata.startsWith(settledWord))
      .map((one) => [placeOf(one), { offset: one.offset, at: whenOf(one.metadata) }]),
  )

const whenOf = (metadata: string): number => Number(/ (\d+)$/.exec(metadata)?.[1] ?? 0)

/** Claims partitions from their ends on. Rejects when the broker refuses. */
export const writeClaims = async (
  client: ClusterClient,
  ownGroup: string,
  partitions: Parameters<ClusterClient['offsets']>[0],
): Promise<readonly PartitionOffset[]> => {
  const group = claimOf(ownGroup)
  const commit = async (offsets: readonly PartitionOffset[], metadata: string): Promise<void> => {
    const code = await client.commit(group, offsets, metadata)
    if (code !== 0) throw new Error(`the broker refused the claim with error ${code}`)
  }
  await commit(
    partitions.map(({ topic, partition }) => ({ topic, partition, offset: 0n })),
    `${pendingWord}${Date.now()}`,
  )
  const ends = await client.offsets(partitions, latest)
  const places = new Set(ends.map(placeOf))
  const unknown = partitions.find((one) => !places.has(placeOf(one)))
  // What is not claimed now would be nobody's claim until a member joins anew.
  if (unknown !== undefined)
    throw new Error(`where ${unknown.topic}/${unknown.partition} ends is not to be had`)
  await commit(ends, `${settledWord}${Date.now()}`)
  return ends
}

/** Keeps the broker from forgetting them (offsets.retention.minutes). */
export const renewClaims = async (
  client: ClusterClient,
  ownGroup: string,
  claims: readonly PartitionOffset[],
): Promise<void> => {
  await client.commit(claimOf(ownGroup), claims, `${settledWord}${Date.now()}`)
}

/** Whether a claim still keeps records from the baseline. */
export const inForce = async (
  claim: Claim,
  offline: 'hold' | 'baseline',
  hasMembers: () => Promise<boolean>,
): Promise<boolean> => offline === 'hold' || Date.now() - claim.at < joiningMs || (await hasMembers())
