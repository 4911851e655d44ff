/** The queue before the recording thread, when that thread is slow, or stuck. */
import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { Recorder } from '../../src/record/recorder.ts'
import type { ToWorker } from '../../src/record/worker.ts'
import { service } from '../support/library.ts'
import { dialects, exchange } from './tools.ts'

/** Does nothing until it is told. */
class SlowThread extends EventEmitter {
  readonly heard: ToWorker[] = []
  terminated = 0
  ref(): void {}
  unref(): void {}
  postMessage(message: ToWorker): void {
    this.heard.push(message)
  }
  async terminate(): Promise<number> {
    this.terminated++
    return 0
  }
}

const stuck = (signal?: AbortSignal) => {
  const thread = new SlowThread()
  let ended = 0
  const recorder = new Recorder({
    worker: thread as unknown as Worker,
    dialects,
    messages: new Map(),
    queueBytes: 1e9,
    maxBytes: 1e9,
    onFull: 'drop',
    case: undefined,
    wants: () => true,
    versionOf: () => '1.0.0',
    notice: () => undefined,
    ended: () => {
      ended++
    },
  })
  const call = { service: service({ name: 'orders' }), version: undefined }
  // More than the thread is given at once.
  for (let i = 0; i < 30; i++)
    recorder.add(
      call,
      { exchange: exchange({ target: `/${i}` }, { body: Buffer.alloc(200_000) }), at: 0 },
      200_000,
    )
  return { thread, recorder, finished: recorder.finish(150, signal), ends: () => ended }
}

it('gives up what waits when time runs short, and then waits for what has been done', async () => {
  const { thread, recorder, finished, ends } = stuck()
  expect(await finished).toBeUndefined()
  const given = thread.heard.flatMap((message) => (message.type === 'batch' ? message.records : [])).length
  expect(given).toBeGreaterThan(0)
  expect(recorder.losses().dropped).toBe(30 - given)
  // Told to finish only once nothing waits any more.
  expect(thread.heard.at(-1)).toEqual({ type: 'finish', retryMs: 30 })
  expect(thread.heard.filter(({ type }) => type === 'finish')).toHaveLength(1)
  expect([thread.terminated, ends()]).toEqual([1, 1])
})

it('waits no longer than it takes', async () => {
  const { thread, finished, recorder } = stuck()
  const report = { calls: 30 }
  let done = 0
  // The thread works off what it is given.
  for (let at = 0; at < thread.heard.length; at++) {
    const message = thread.heard[at]!
    if (message.type === 'batch') {
      done += message.records.length
      thread.emit('message', { type: 'done', size: message.size, stats: report })
    } else thread.emit('message', { type: 'finished', report })
    await setImmediate()
  }
  expect(done).toBe(30)
  expect(await finished).toBe(report)
  expect(recorder.losses().dropped).toBe(0)
})

it('ends at once when it is told so', async () => {
  const { thread, finished, ends } = stuck(AbortSignal.abort())
  expect(await finished).toBeUndefined()
  expect([thread.terminated, ends()]).toEqual([1, 1])
  expect(thread.heard.some(({ type }) => type === 'finish')).toBe(false)
})
