/**
 * What Produce brings for one partition, checked before it is kept: one whole batch of version 2, whose sum, counts, offsets and times are
 * right. Readers would otherwise fail on it much later, and somewhere else.
 */
import { Batch, crc32c, logAppendTimeBit, MalformedRecords, readBatches } from '../../records/index.ts'
import { BrokerError, errors } from '../error-codes.ts'
import type { IncomingBatch } from '../topics/partition.ts'
import type { TopicConfigs } from '../topics/topic-configs.ts'

/** Where these fields are in a batch (KIP-98). */
const place = { crc: 17, attributes: 21, maxTimestamp: 35 } as const

/** Throws BrokerError. */
export const checkBatches = (
  records: Uint8Array | null,
  configs: TopicConfigs,
  now: number,
): IncomingBatch => {
  try {
    const batch = only(records)
    if (batch.bytes.length > configs.maxMessageBytes) {
      throw new BrokerError(
        errors.messageTooLarge,
        `The record batch size is ${batch.bytes.length}, but max.message.bytes is ${configs.maxMessageBytes}.`,
      )
    }
    checkHead(batch)
    const newest = checkRecords(batch, configs.compacted)
    if (!configs.logAppendTime) checkTime(batch, newest, configs, now)
    return {
      bytes: configs.logAppendTime ? stamped(batch, now) : batch.bytes,
      count: batch.count,
      maxTimestamp: configs.logAppendTime ? now : newest,
      producerId: batch.producerId,
      producerEpoch: batch.producerEpoch,
      baseSequence: batch.baseSequence,
      transactional: batch.transactional,
    }
  } catch (error) {
    if (error instanceof MalformedRecords) throw new BrokerError(errors.corruptMessage, error.message)
    throw error
  }
}

const invalid = (why: string): never => {
  throw new BrokerError(errors.invalidRecord, why)
}

const only = (records: Uint8Array | null): Batch => {
  const batches = records === null ? [] : readBatches(records)
  const [batch] = batches
  const whole = batches.reduce((bytes, each) => bytes + each.bytes.length, 0)
  if (whole !== (records?.length ?? 0)) {
    throw new BrokerError(errors.corruptMessage, 'The last record batch ends before its length says.')
  }
  if (batch === undefined || batches.length > 1) {
    return invalid(
      `Produce requests must have exactly one record batch for a partition, not ${batches.length}.`,
    )
  }
  if (!(batch instanceof Batch)) {
    throw new BrokerError(
      errors.unsupportedForMessageFormat,
      `The embedded broker takes record batches of version 2, not messages of version ${batch.magic}.`,
    )
  }
  return batch
}

const checkHead = (batch: Batch): void => {
  if (!batch.intact) {
    throw new BrokerError(errors.corruptMessage, 'The checksum of the record batch is wrong.')
  }
  const { count, lastOffsetDelta } = batch
  if (count < 1 || lastOffsetDelta !== count - 1) {
    invalid(`The record batch has ${count} records, but its last offset delta is ${lastOffsetDelta}.`)
  }
  if (batch.control) invalid('Clients are not allowed to write control records.')
  if (batch.producerId >= 0n && (batch.producerEpoch < 0 || batch.baseSequence < 0)) {
    invalid('A producer with an id needs an epoch and a sequence.')
  }
  if (batch.transactional && batch.producerId < 0n)
    invalid('A transactional record batch needs a producer id.')
}

/** Returns the largest time of the records. */
const checkRecords = (batch: Batch, needsKeys: boolean): number => {
  const cursor = batch.cursor()
  const base = Number(batch.baseTimestamp)
  let newest = -1
  for (let index = 0; cursor.advance(); index++) {
    if (cursor.offsetDelta !== index) {
      invalid(`Record ${index + 1} of ${batch.count} has the offset delta ${cursor.offsetDelta}.`)
    }
    if (needsKeys && cursor.keyLength < 0) invalid('A compacted topic takes no record without a key.')
    while (cursor.nextHeader());
    const timestamp = base + cursor.timestampDelta
    if (timestamp > newest) newest = timestamp
  }
  return newest
}

const checkTime = (batch: Batch, newest: number, configs: TopicConfigs, now: number): void => {
  if ((batch.attributes & logAppendTimeBit) !== 0) {
    throw new BrokerError(errors.invalidTimestamp, 'The topic has message.timestamp.type=CreateTime.')
  }
  const most = Number(configs.get('message.timestamp.after.max.ms'))
  if (newest - now > most) {
    throw new BrokerError(
      errors.invalidTimestamp,
      `The timestamp ${newest} of a record is more than ${most} ms in the future (message.timestamp.after.max.ms).`,
    )
  }
}

/** A copy whose records all have the broker's time. */
const stamped = (batch: Batch, now: number): Uint8Array => {
  const bytes = Buffer.from(batch.bytes)
  bytes.writeInt16BE(batch.attributes | logAppendTimeBit, place.attributes)
  bytes.writeBigInt64BE(BigInt(now), place.maxTimestamp)
  bytes.writeUInt32BE(crc32c(bytes, place.attributes), place.crc)
  return bytes
}
