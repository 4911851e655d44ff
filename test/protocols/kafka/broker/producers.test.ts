/** Idempotent producers: what comes twice stands once, what is missing is told. */
import { describe, expect, it } from 'vitest'
import { errors } from '../../../../src/protocols/kafka/broker/error-codes.ts'
import { Producers } from '../../../../src/protocols/kafka/broker/log/producers.ts'

const producerId = 7n

/** Appends as a partition does; returns the base offset, or the error. */
const partition = () => {
  const producers = new Producers()
  let end = 0
  const send = (baseSequence: number, count: number, producerEpoch = 0): number | string => {
    const head = { producerId, producerEpoch, baseSequence, count }
    try {
      const same = producers.check(head)
      if (same !== undefined) return same.baseOffset
    } catch (error) {
      return `error ${(error as { code: number }).code}`
    }
    const baseOffset = end
    end += count
    producers.note(head, { baseOffset, timestamp: -1 }, 0)
    return baseOffset
  }
  return { send, producers, end: () => end }
}

const outOfOrder = `error ${errors.outOfOrderSequenceNumber}`
const oldEpoch = `error ${errors.invalidProducerEpoch}`

describe('a producer', () => {
  it('gets the first offset again for what it sends again, for each of its last five batches', () => {
    const { send, end } = partition()
    for (let i = 0; i < 6; i++) expect(send(i * 10, 10)).toBe(i * 10)
    expect([1, 2, 3, 4, 5].map((i) => send(i * 10, 10))).toEqual([10, 20, 30, 40, 50])
    expect(send(0, 10)).toBe(outOfOrder)
    expect(end()).toBe(60)
  })

  it('must not leave anything out, nor send a part of what it sent', () => {
    const { send } = partition()
    expect(send(0, 10)).toBe(0)
    expect(send(11, 1)).toBe(outOfOrder)
    expect(send(0, 5)).toBe(outOfOrder)
    expect(send(10, 1)).toBe(10)
  })

  it('may begin anywhere when the partition knows nothing of it', () => {
    const { send } = partition()
    expect(send(500, 2)).toBe(0)
    expect(send(502, 1)).toBe(2)
  })

  it('goes on with 0 after the largest sequence', () => {
    const { send } = partition()
    expect(send(2_147_483_640, 8)).toBe(0)
    expect(send(0, 3)).toBe(8)
    expect(send(2_147_483_640, 8)).toBe(0)
    const other = partition()
    expect(other.send(2_147_483_640, 10)).toBe(0)
    expect(other.send(2, 1)).toBe(10)
  })

  it('begins a new epoch with 0, after which the old one is over', () => {
    const { send } = partition()
    expect(send(0, 5)).toBe(0)
    expect(send(5, 1, 1)).toBe(outOfOrder)
    expect(send(0, 1, 1)).toBe(5)
    expect(send(5, 1, 0)).toBe(oldEpoch)
    expect(send(1, 1, 1)).toBe(6)
  })

  it('is fenced by the end of a transaction in a later epoch', () => {
    const { send, producers } = partition()
    expect(send(0, 5, 3)).toBe(0)
    producers.ended(producerId, 4, 0)
    expect(send(5, 1, 3)).toBe(oldEpoch)
    expect(send(0, 1, 4)).toBe(5)
    producers.ended(producerId, 4, 0)
    expect(send(1, 1, 4)).toBe(6)
  })

  it('is shown with its last sequence', () => {
    const { send, producers } = partition()
    send(0, 5)
    expect(producers.active()).toEqual([{ producerId, epoch: 0, lastSequence: 4, lastTimestamp: 0 }])
  })
})
