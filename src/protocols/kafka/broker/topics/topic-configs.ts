/** The configuration of topics: names, types and defaults as Apache Kafka 4 documents them; a few decide something here. */
import { BrokerError, errors } from '../error-codes.ts'
import type { Retention } from '../log/partition-log.ts'

/** ConfigType of DescribeConfigs. */
export const configTypes = { boolean: 1, string: 2, int: 3, long: 5, double: 6, list: 7 } as const

export interface ConfigKey {
  readonly name: string
  readonly type: keyof typeof configTypes
  readonly default: string
  /** The values there are; of a list: those its items may have. */
  readonly values?: readonly string[]
  readonly least?: number
}

export const topicConfigKeys: readonly ConfigKey[] = [
  { name: 'cleanup.policy', type: 'list', default: 'delete', values: ['delete', 'compact'] },
  {
    name: 'compression.type',
    type: 'string',
    default: 'producer',
    values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
  },
  { name: 'compression.gzip.level', type: 'int', default: '-1', least: -1 },
  { name: 'compression.lz4.level', type: 'int', default: '9', least: 1 },
  { name: 'compression.zstd.level', type: 'int', default: '3', least: -131_072 },
  { name: 'delete.retention.ms', type: 'long', default: '86400000', least: 0 },
  { name: 'file.delete.delay.ms', type: 'long', default: '60000', least: 0 },
  { name: 'flush.messages', type: 'long', default: '9223372036854775807', least: 1 },
  { name: 'flush.ms', type: 'long', default: '9223372036854775807', least: 0 },
  { name: 'follower.replication.throttled.replicas', type: 'list', default: '' },
  { name: 'index.interval.bytes', type: 'int', default: '4096', least: 0 },
  { name: 'leader.replication.throttled.replicas', type: 'list', default: '' },
  { name: 'local.retention.bytes', type: 'long', default: '-2', least: -2 },
  { name: 'local.retention.ms', type: 'long', default: '-2', least: -2 },
  { name: 'max.compaction.lag.ms', type: 'long', default: '9223372036854775807', least: 1 },
  { name: 'max.message.bytes', type: 'int', default: '1048588', least: 0 },
  { name: 'message.timestamp.after.max.ms', type: 'long', default: '3600000', least: 0 },
  { name: 'message.timestamp.before.max.ms', type: 'long', default: '9223372036854775807', least: 0 },
  {
    name: 'message.timestamp.type',
    type: 'string',
    default: 'CreateTime',
    values: ['CreateTime', 'LogAppendTime'],
  },
  { name: 'min.cleanable.dirty.ratio', type: 'double', default: '0.5', least: 0 },
  { name: 'min.compaction.lag.ms', type: 'long', default: '0', least: 0 },
  { name: 'min.insync.replicas', type: 'int', default: '1', least: 1 },
  { name: 'preallocate', type: 'boolean', default: 'false' },
  { name: 'remote.storage.enable', type: 'boolean', default: 'false' },
  { name: 'retention.bytes', type: 'long', default: '-1', least: -1 },
  { name: 'retention.ms', type: 'long', default: '604800000', least: -1 },
  { name: 'segment.bytes', type: 'int', default: '1073741824', least: 14 },
  { name: 'segment.index.bytes', type: 'int', default: '10485760', least: 4 },
  { name: 'segment.jitter.ms', type: 'long', default: '0', least: 0 },
  { name: 'segment.ms', type: 'long', default: '604800000', least: 1 },
  { name: 'unclean.leader.election.enable', type: 'boolean', default: 'false' },
]

const keyOf = (name: string): ConfigKey | undefined => topicConfigKeys.find((key) => key.name === name)

const refuse = (why: string): never => {
  throw new BrokerError(errors.invalidConfig, why)
}

/** Throws BrokerError INVALID_CONFIG. */
const check = (name: string, value: string | null): void => {
  const key = keyOf(name) ?? refuse(`Unknown topic config name: ${name}`)
  if (value === null) {
    refuse(`Null value not supported for topic configs: ${name}`)
    return
  }
  if (key.type === 'boolean' && value !== 'true' && value !== 'false') {
    refuse(`Invalid value ${value} for configuration ${name}: Expected value to be either true or false`)
  }
  if (key.type === 'int' || key.type === 'long' || key.type === 'double') {
    const form = key.type === 'double' ? /^[+-]?\d+(\.\d+)?$/ : /^[+-]?\d{1,19}$/
    if (!form.test(value.trim()))
      refuse(
        `Invalid value ${value} for configuration ${name}: Not a number of type ${key.type.toUpperCase()}`,
      )
    if (Number(value) < key.least!)
      refuse(`Invalid value ${value} for configuration ${name}: Value must be at least ${key.least}`)
    if (key.type === 'int' && Number(value) > 2_147_483_647) {
      refuse(`Invalid value ${value} for configuration ${name}: Not a number of type INT`)
    }
  }
  if (key.values !== undefined) {
    const given = key.type === 'list' ? listOf(value) : [value]
    const wrong = given.find((item) => !key.values!.includes(item))
    if (wrong !== undefined) {
      refuse(
        `Invalid value ${wrong} for configuration ${name}: String must be one of: ${key.values.join(', ')}`,
      )
    }
  }
}

const listOf = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** ConfigOperation of IncrementalAlterConfigs (KIP-339). */
export const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const

export interface ConfigChange {
  readonly name: string
  readonly operation: number
  readonly value: string | null
}

/** What is set for a topic, and what of it decides something. Unchangeable: a change makes another one. */
export class TopicConfigs {
  readonly retention: Retention
  readonly maxMessageBytes: number
  readonly logAppendTime: boolean
  readonly compacted: boolean
  private readonly values: ReadonlyMap<string, string>

  /** Throws BrokerError INVALID_CONFIG. */
  constructor(values: ReadonlyMap<string, string | null>, largestSegment: number) {
    for (const [name, value] of values) check(name, value)
    this.values = values as ReadonlyMap<string, string>
    const policies = listOf(this.get('cleanup.policy'))
    const limit = (name: string): number | undefined => {
      const value = Number(this.get(name))
      return policies.includes('delete') && value >= 0 ? value : undefined
    }
    this.retention = {
      bytes: limit('retention.bytes'),
      ms: limit('retention.ms'),
      segmentBytes: Math.min(Number(this.get('segment.bytes')), largestSegment),
    }
    this.maxMessageBytes = Number(this.get('max.message.bytes'))
    this.logAppendTime = this.get('message.timestamp.type') === 'LogAppendTime'
    this.compacted = policies.includes('compact')
  }

  isSet(name: string): boolean {
    return this.values.has(name)
  }

  get(name: string): string {
    return this.values.get(name) ?? keyOf(name)!.default
  }

  /** The values after these changes (KIP-339). Throws BrokerError. */
  changed(changes: readonly ConfigChange[]): Map<string, string | null> {
    const values = new Map<string, string | null>(this.values)
    for (const { name, operation, value } of changes) {
      if (operation === operations.delete) values.delete(name)
      else if (operation === operations.set) values.set(name, value)
      else if (operation === operations.append || operation === operations.subtract) {
        if (keyOf(name)?.type !== 'list') {
          throw new BrokerError(
            errors.invalidConfig,
            `Config value append is not allowed for config key: ${name}`,
          )
        }
        const before = listOf((values.get(name) as string | undefined) ?? keyOf(name)!.default)
        const items = listOf(value ?? '')
        const after =
          operation === operations.append
            ? [...new Set([...before, ...items])]
            : before.filter((item) => !items.includes(item))
        values.set(name, after.join(','))
      } else throw new BrokerError(errors.invalidRequest, `Unknown operation type ${operation}`)
    }
    return values
  }
}
