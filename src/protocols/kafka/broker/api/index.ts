/** The APIs that the broker serves, each by its handler. */
import { apiOf } from '../../messages/index.ts'
import { describeCluster, describeLogDirs, findCoordinator, listPartitionReassignments } from './cluster.ts'
import { alterConfigs, describeConfigs, incrementalAlterConfigs } from './configs.ts'
import { describeGroups, listGroups } from './describe-groups.ts'
import { fetch } from './fetch.ts'
import type { ApiHandler } from './handler.ts'
import { deleteRecords, listOffsets, offsetForLeaderEpoch } from './list-offsets.ts'
import { deleteGroups, heartbeat, joinGroup, leaveGroup, syncGroup } from './membership.ts'
import { describeTopicPartitions, metadata } from './metadata.ts'
import { offsetCommit, offsetDelete, offsetFetch } from './offsets.ts'
import { produce } from './produce.ts'
import {
  addOffsetsToTxn,
  addPartitionsToTxn,
  describeProducers,
  describeTransactions,
  endTxn,
  initProducerId,
  listTransactions,
  txnOffsetCommit,
} from './producers.ts'
import { saslAuthenticate, saslHandshake } from './sasl.ts'
import { createPartitions, createTopics, deleteTopics } from './topics-admin.ts'

const handlers: readonly ApiHandler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  saslHandshake,
  createTopics,
  deleteTopics,
  deleteRecords,
  initProducerId,
  offsetForLeaderEpoch,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  txnOffsetCommit,
  describeConfigs,
  alterConfigs,
  describeLogDirs,
  saslAuthenticate,
  createPartitions,
  deleteGroups,
  incrementalAlterConfigs,
  listPartitionReassignments,
  offsetDelete,
  describeCluster,
  describeProducers,
  describeTransactions,
  listTransactions,
  describeTopicPartitions,
]

export interface ServedApi {
  readonly handler: ApiHandler
  readonly min: number
  readonly max: number
}

/** By key. */
export const servedApis: ReadonlyMap<number, ServedApi> = new Map(
  handlers.map((handler) => {
    const api = apiOf(handler.key)!
    return [handler.key, { handler, min: handler.min ?? api.min, max: handler.max ?? api.max }]
  }),
)
