/** All topics of the broker, and the memory that they share. */
import { BrokerError, errors } from '../error-codes.ts'
import type { Time } from '../time.ts'
import { type Appended, type IncomingBatch, Partition } from './partition.ts'
import { TopicConfigs } from './topic-configs.ts'
import { checkTopicName, collisionForm } from './topic-name.ts'

export interface Topic {
  readonly name: string
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly partitions: Partition[]
  configs: TopicConfigs
}

export interface TopicsOptions {
  readonly time: Time
  /** 32 hexadecimal digits that nobody else has. */
  readonly newId: () => string
  /** Bytes of records that all topics keep together. */
  readonly bytes: number
  /** Largest size of what is dropped at once. */
  readonly segmentBytes: number
  /** Partitions of a topic whose creator does not say how many. */
  readonly defaultPartitions: number
  /** Of all topics; each costs memory even when it is empty. */
  readonly mostPartitions: number
}

export interface NewTopic {
  readonly name: string
  /** -1: the default. */
  readonly partitions: number
  readonly configs: ReadonlyMap<string, string | null>
}

export class Topics {
  readonly defaultPartitions: number
  private readonly options: TopicsOptions
  private readonly byName = new Map<string, Topic>()
  private readonly byId = new Map<string, Topic>()
  private partitions = 0
  private bytes = 0

  constructor(options: TopicsOptions) {
    this.options = options
    this.defaultPartitions = options.defaultPartitions
  }

  get(name: string): Topic | undefined {
    return this.byName.get(name)
  }

  withId(id: string): Topic | undefined {
    return this.byId.get(id)
  }

  /** In order of their names. */
  all(): Topic[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What `create` would make. Throws BrokerError. */
  plan({ name, partitions, configs }: NewTopic): { readonly count: number; readonly configs: TopicConfigs } {
    checkTopicName(name)
    if (this.byName.has(name)) {
      throw new BrokerError(errors.topicAlreadyExists, `Topic '${name}' already exists.`)
    }
    const form = collisionForm(name)
    for (const other of this.byName.keys()) {
      if (collisionForm(other) === form) {
        throw new BrokerError(errors.invalidTopic, `Topic '${name}' collides with existing topic: ${other}`)
      }
    }
    const count = partitions === -1 ? this.defaultPartitions : partitions
    if (count < 1) {
      throw new BrokerError(
        errors.invalidPartitions,
        'Number of partitions was set to an invalid non-positive value.',
      )
    }
    this.checkRoom(count)
    return { count, configs: this.configs(configs) }
  }

  /** Throws BrokerError. */
  create(topic: NewTopic): Topic {
    const { count, configs } = this.plan(topic)
    const made: Topic = {
      name: topic.name,
      id: this.options.newId(),
      partitions: Array.from({ length: count }, (_, index) => new Partition(index)),
      configs,
    }
    this.byName.set(made.name, made)
    this.byId.set(made.id, made)
    this.partitions += count
    return made
  }

  delete(topic: Topic): void {
    this.byName.delete(topic.name)
    this.byId.delete(topic.id)
    this.partitions -= topic.partitions.length
    for (const { log } of topic.partitions) {
      this.bytes -= log.bytes
      log.wake()
    }
  }

  /** Throws BrokerError. */
  checkGrowth(topic: Topic, count: number): void {
    const now = topic.partitions.length
    if (count <= now) {
      throw new BrokerError(
        errors.invalidPartitions,
        `The topic ${topic.name} currently has ${now} partition(s); ${count} would not be an increase.`,
      )
    }
    this.checkRoom(count - now)
  }

  /** Throws BrokerError. */
  grow(topic: Topic, count: number): void {
    this.checkGrowth(topic, count)
    this.partitions += count - topic.partitions.length
    while (topic.partitions.length < count) topic.partitions.push(new Partition(topic.partitions.length))
  }

  /** Throws BrokerError. */
  configs(values: ReadonlyMap<string, string | null>): TopicConfigs {
    return new TopicConfigs(values, this.options.segmentBytes)
  }

  configure(topic: Topic, configs: TopicConfigs): void {
    topic.configs = configs
    for (const { log } of topic.partitions) {
      this.counting(log, () => log.retain(configs.retention, this.options.time.now))
    }
  }

  /** Throws BrokerError. */
  append(topic: Topic, partition: Partition, batch: IncomingBatch): Appended {
    const { now } = this.options.time
    const appended = this.counting(partition.log, () => partition.append(batch, topic.configs, now))
    this.makeRoom()
    return appended
  }

  /** Ends a transaction in a partition. */
  end(topic: Topic, partition: Partition, marker: Parameters<Partition['end']>[0]): void {
    this.counting(partition.log, () => partition.end(marker, topic.configs, this.options.time.now))
    this.makeRoom()
  }

  deleteRecords(partition: Partition, before: number): void {
    this.counting(partition.log, () => {
      partition.log.deleteBefore(before)
    })
  }

  private counting<Result>(log: { readonly bytes: number }, change: () => Result): Result {
    const before = log.bytes
    const result = change()
    this.bytes += log.bytes - before
    return result
  }

  private checkRoom(more: number): void {
    if (this.partitions + more > this.options.mostPartitions) {
      throw new BrokerError(
        errors.policyViolation,
        `The embedded broker keeps at most ${this.options.mostPartitions} partitions, and has ${this.partitions}.`,
      )
    }
  }

  /** The largest partition gives its oldest records; one that is compacted only when no other has any to give. */
  private makeRoom(): void {
    while (this.bytes > this.options.bytes) {
      const given = this.dropFrom(false) || this.dropFrom(true)
      if (given === 0) return
      this.bytes -= given
    }
  }

  private dropFrom(compacted: boolean): number {
    const logs = [...this.byName.values()]
      .filter(({ configs }) => configs.compacted === compacted)
      .flatMap(({ partitions }) => partitions.map(({ log }) => log))
      .sort((a, b) => b.bytes - a.bytes)
    for (const log of logs) {
      const given = log.dropOldest()
      if (given > 0) return given
    }
    return 0
  }
}
