/** Records of a Produce request that somebody wants to see, kept until the broker has taken them. */

import type { RecordFacts, RecordHeader } from '../call.ts'
import { Aborted } from '../client/aborted.ts'
import { int, list, listOrNull, long, type Message, text } from '../messages/index.ts'
import { type BatchView, type KafkaRecord, logAppendTimeBit, readBatches } from '../records/index.ts'

export interface HeldPartition {
  /** Its place in the request: names change on the way. */
  readonly place: string
  /** See RecordFacts. */
  readonly log: string
  readonly topic: string
  readonly partition: number
  readonly bytes: Uint8Array
}

/** What the broker says of a partition. */
export interface Acknowledged {
  readonly baseOffset: bigint
  /** Milliseconds since 1970; undefined: the records' own times count. */
  readonly appendTime: number | undefined
}

/** Of a Produce request. `wants`: a topic's name. */
export const heldIn = (
  message: Message,
  wants: (topic: string) => boolean,
  logOf: (topic: string) => string,
): readonly HeldPartition[] =>
  list(message, 'topicData').flatMap((topic) => {
    const name = text(topic, 'name')
    if (!wants(name)) return []
    return list(topic, 'partitionData').flatMap((one): readonly HeldPartition[] => {
      const bytes = one['records']
      const partition = int(one, 'index')
      return bytes instanceof Uint8Array
        ? [{ place: `${name}/${partition}`, log: logOf(name), topic: name, partition, bytes }]
        : []
    })
  })

/** Of a Produce response whose names are the request's: partitions that were taken. */
export const acknowledgedIn = (message: Message): ReadonlyMap<string, Acknowledged> =>
  new Map(
    list(message, 'responses').flatMap((topic) =>
      list(topic, 'partitionResponses').flatMap((one): readonly [string, Acknowledged][] => {
        if (int(one, 'errorCode') !== 0) return []
        const time = Number(long(one, 'logAppendTimeMs'))
        const appendTime = time < 0 ? undefined : time
        return [
          [
            `${text(topic, 'name')}/${int(one, 'index')}`,
            { baseOffset: long(one, 'baseOffset'), appendTime },
          ],
        ]
      }),
    ),
  )

/** `at`: undefined where the broker was not asked to say. Throws MalformedRecords. */
export const recordsIn = (
  { topic, log, partition, bytes }: HeldPartition,
  at: Acknowledged | undefined,
): readonly RecordFacts[] => {
  const records: RecordFacts[] = []
  let next = at?.baseOffset
  for (const batch of readBatches(bytes)) {
    if (batch.control) continue
    const read = batch.records()
    for (const record of read) {
      records.push({
        topic,
        log,
        partition,
        offset: next === undefined ? undefined : next + BigInt(Math.max(0, record.offsetDelta)),
        timestamp: at?.appendTime ?? timeOf(batch, record.timestampDelta),
        key: record.key,
        value: record.value,
        headers: headersOf(record),
      })
    }
    if (next !== undefined) next += BigInt(read.length)
  }
  return records
}

/** Of a Fetch response, by partition: what its client gets to read. Throws MalformedRecords. */
export const fetchedIn = (
  message: Message,
  logOf: (topic: string) => string,
): readonly (readonly RecordFacts[])[] =>
  list(message, 'responses').flatMap((of) => {
    const topic = text(of, 'topic')
    const log = logOf(topic)
    return list(of, 'partitions').map((one) => recordsOf(one, { topic, log }))
  })

const recordsOf = (answer: Message, place: Pick<RecordFacts, 'topic' | 'log'>): readonly RecordFacts[] => {
  const bytes = answer['records']
  if (!(bytes instanceof Uint8Array)) return []
  const partition = int(answer, 'partitionIndex')
  const aborted = new Aborted(listOrNull(answer, 'abortedTransactions') ?? [])
  return readBatches(bytes).flatMap((batch) => {
    if (aborted.drops(batch)) return []
    const appended = (batch.attributes & logAppendTimeBit) !== 0
    return batch.records().map((record) => ({
      ...place,
      partition,
      offset: batch.baseOffset + BigInt(record.offsetDelta),
      timestamp: appended ? Number(batch.maxTimestamp) : timeOf(batch, record.timestampDelta),
      key: record.key,
      value: record.value,
      headers: headersOf(record),
    }))
  })
}

const headersOf = ({ headers }: KafkaRecord): readonly RecordHeader[] =>
  headers.map(([name, value]) => ({
    name: typeof name === 'string' ? name : Buffer.from(name).toString(),
    value,
  }))

const timeOf = ({ baseTimestamp }: BatchView, delta: number): number => Number(baseTimestamp) + delta
