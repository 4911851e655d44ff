/** What everybody may do, since nobody is asked who he is: bits by AclOperation (KIP-430). */
const bits = (...operations: readonly number[]): number =>
  operations.reduce((all, bit) => all | (1 << bit), 0)

const [
  read,
  write,
  create,
  remove,
  alter,
  describe,
  clusterAction,
  describeConfigs,
  alterConfigs,
  idempotentWrite,
] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const

export const operationsOf = {
  topic: bits(read, write, create, remove, alter, describe, describeConfigs, alterConfigs),
  group: bits(read, remove, describe),
  cluster: bits(create, alter, describe, clusterAction, describeConfigs, alterConfigs, idempotentWrite),
} as const
