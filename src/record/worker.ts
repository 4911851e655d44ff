/** The recording thread: takes batches, tells what it has done, and finishes when it is told to. */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import type { Recording } from './recording.ts'
import { type Batch, unpack } from './records.ts'
import type { RecordStats, ReportData } from './report-data.ts'

export type ToWorker =
  | ({ readonly type: 'batch'; readonly size: number } & Batch)
  /** `retryMs`: for another look at what is in quarantine. */
  | { readonly type: 'finish'; readonly retryMs: number }

export type FromWorker =
  | { readonly type: 'started' }
  /** `size`: of the batch that has been done. */
  | { readonly type: 'done'; readonly size: number; readonly stats: RecordStats }
  | { readonly type: 'written'; readonly stats: RecordStats }
  | { readonly type: 'failed'; readonly message: string; readonly code: string | undefined }
  | { readonly type: 'finished'; readonly report: ReportData }

/** Writing waits a little for more of the same, and ten times as long as the last time took. */
const writeAfterMs = 200

export const serveRecording = (port: MessagePort, recording: Recording): void => {
  const send = (message: FromWorker): void => port.postMessage(message)
  let timer: NodeJS.Timeout | undefined
  let tookMs = 0
  const guarded = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      // What the file system says names a path of ours; anything else may quote what was recorded.
      const { code, message } = error as NodeJS.ErrnoException
      send({ type: 'failed', code, message: code === undefined ? 'recording failed' : message })
    }
  }
  const write = (): void => {
    timer = undefined
    const before = performance.now()
    guarded(() => recording.flush())
    tookMs = performance.now() - before
    send({ type: 'written', stats: recording.stats() })
  }
  port.on('message', (message: ToWorker) => {
    if (message.type === 'finish') {
      clearTimeout(timer)
      guarded(() => send({ type: 'finished', report: recording.finish(message.retryMs).data() }))
      port.close()
      return
    }
    guarded(() => {
      for (const record of unpack(message)) recording.take(record)
    })
    send({ type: 'done', size: message.size, stats: recording.stats() })
    if (recording.isDirty) timer ??= setTimeout(write, Math.max(writeAfterMs, 10 * tookMs))
  })
  send({ type: 'started' })
}

/** On Linux a thread can be set behind the others by its own number; elsewhere the system decides. */
export const stepBehind = (): void => {
  if (process.platform !== 'linux') return
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // Without /proc it runs beside the others.
  }
}
