/**
 * Where names stand in messages, by API: paths through structs, `[]` behind an array's name. The published specifications mark
 * these fields (`entityType`), but neither all of them nor which lists must be thinned out.
 */
import type { NameKind } from '../../../core/lane.ts'
import type { Message, Value } from '../messages/index.ts'

export interface NameFields {
  readonly request?: Paths
  /** An element of a list whose name is somebody else's is left out. */
  readonly response?: Paths
}

type Paths = Readonly<Record<string, NameKind>>

const group: Paths = { groupId: 'group' }
const transaction: Paths = { transactionalId: 'transaction' }

/** Groups and transactions. FindCoordinator and the resources of configurations depend on a type beside the name. */
export const groupFields: ReadonlyMap<number, NameFields> = new Map<number, NameFields>([
  // Produce
  [0, { request: transaction }],
  // OffsetCommit
  [8, { request: group }],
  // OffsetFetch
  [9, { request: { ...group, 'groups[].groupId': 'group' }, response: { 'groups[].groupId': 'group' } }],
  // JoinGroup, Heartbeat, LeaveGroup, SyncGroup
  [11, { request: group }],
  [12, { request: group }],
  [13, { request: group }],
  [14, { request: group }],
  // DescribeGroups
  [15, { request: { 'groups[]': 'group' }, response: { 'groups[].groupId': 'group' } }],
  // ListGroups
  [16, { response: { 'groups[].groupId': 'group' } }],
  // InitProducerId
  [22, { request: transaction }],
  // AddPartitionsToTxn
  [
    24,
    {
      request: {
        v3AndBelowTransactionalId: 'transaction',
        'transactions[].transactionalId': 'transaction',
      },
      response: { 'resultsByTransaction[].transactionalId': 'transaction' },
    },
  ],
  // AddOffsetsToTxn
  [25, { request: { ...transaction, ...group } }],
  // EndTxn
  [26, { request: transaction }],
  // TxnOffsetCommit
  [28, { request: { ...transaction, ...group } }],
  // DeleteGroups
  [42, { request: { 'groupsNames[]': 'group' }, response: { 'results[].groupId': 'group' } }],
  // OffsetDelete
  [47, { request: group }],
  // DescribeTransactions
  [
    65,
    {
      request: { 'transactionalIds[]': 'transaction' },
      response: { 'transactionStates[].transactionalId': 'transaction' },
    },
  ],
  // ListTransactions
  [66, { response: { 'transactionStates[].transactionalId': 'transaction' } }],
  // ConsumerGroupHeartbeat
  [68, { request: group }],
  // ConsumerGroupDescribe
  [69, { request: { 'groupIds[]': 'group' }, response: { 'groups[].groupId': 'group' } }],
])

const named = (request: readonly string[], response: readonly string[]): NameFields => ({
  request: Object.fromEntries(request.map((path) => [path, 'topic'])),
  response: Object.fromEntries(response.map((path) => [path, 'topic'])),
})

/** Topics: asked only where the tenant has some for itself. */
export const topicFields: ReadonlyMap<number, NameFields> = new Map<number, NameFields>([
  [0, named(['topicData[].name'], ['responses[].name'])],
  [1, named(['topics[].topic', 'forgottenTopicsData[].topic'], ['responses[].topic'])],
  // ListOffsets, Metadata
  [2, named(['topics[].name'], ['topics[].name'])],
  [3, named(['topics[].name'], ['topics[].name'])],
  // OffsetCommit, OffsetFetch
  [8, named(['topics[].name'], ['topics[].name'])],
  [9, named(['topics[].name', 'groups[].topics[].name'], ['topics[].name', 'groups[].topics[].name'])],
  // CreateTopics, DeleteTopics, DeleteRecords
  [19, named(['topics[].name'], ['topics[].name'])],
  [20, named(['topics[].name', 'topicNames[]'], ['responses[].name'])],
  [21, named(['topics[].name'], ['topics[].name'])],
  // OffsetForLeaderEpoch, AddPartitionsToTxn, TxnOffsetCommit
  [23, named(['topics[].topic'], ['topics[].topic'])],
  [
    24,
    named(
      ['v3AndBelowTopics[].name', 'transactions[].topics[].name'],
      ['resultsByTopicV3AndBelow[].name', 'resultsByTransaction[].topicResults[].name'],
    ),
  ],
  [28, named(['topics[].name'], ['topics[].name'])],
  // AlterReplicaLogDirs, DescribeLogDirs, CreatePartitions
  [34, named(['dirs[].topics[].name'], ['results[].topicName'])],
  [35, named(['topics[].topic'], ['results[].topics[].name'])],
  [37, named(['topics[].name'], ['results[].name'])],
  // ElectLeaders, AlterPartitionReassignments, ListPartitionReassignments
  [43, named(['topicPartitions[].topic'], ['replicaElectionResults[].topic'])],
  [45, named(['topics[].name'], ['responses[].name'])],
  [46, named(['topics[].name'], ['topics[].name'])],
  // OffsetDelete, DescribeProducers, DescribeTransactions
  [47, named(['topics[].name'], ['topics[].name'])],
  [61, named(['topics[].name'], ['topics[].name'])],
  [65, named([], ['transactionStates[].topics[].topic'])],
  // ConsumerGroupHeartbeat, ConsumerGroupDescribe
  [68, named(['subscribedTopicNames[]'], [])],
  [
    69,
    named(
      [],
      [
        'groups[].members[].subscribedTopicNames[]',
        'groups[].members[].assignment.topicPartitions[].topicName',
        'groups[].members[].targetAssignment.topicPartitions[].topicName',
      ],
    ),
  ],
])

/** undefined: the name is somebody else's. */
export type Change = (kind: NameKind, name: string) => string | undefined

/** Changes the names in a message, in place. */
export const compilePaths = (paths: Paths): ((message: Message, change: Change) => void) => {
  const steps = Object.entries(paths).map(([path, kind]) => ({ steps: path.split('.'), kind }))
  return (message, change) => {
    for (const { steps: path, kind } of steps) visit(message, path, 0, (name) => change(kind, name))
  }
}

/** false: what it is in must go. */
const visit = (
  message: Message,
  path: readonly string[],
  at: number,
  change: (name: string) => string | undefined,
): boolean => {
  const step = path[at]!
  const listed = step.endsWith('[]')
  const field = listed ? step.slice(0, -2) : step
  const value = message[field]
  if (value === undefined || value === null) return true
  if (listed) {
    const last = at === path.length - 1
    message[field] = (value as Value[]).flatMap((item): Value[] => {
      if (!last) return visit(item as Message, path, at + 1, change) ? [item] : []
      const changed = change(item as string)
      return changed === undefined ? [] : [changed]
    })
    return true
  }
  if (at < path.length - 1) return visit(value as Message, path, at + 1, change)
  const changed = change(value as string)
  if (changed !== undefined) message[field] = changed
  return changed !== undefined
}
