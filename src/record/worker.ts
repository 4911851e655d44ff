/** The recording thread: takes batches, tells what it has done, and finishes when it is told to. */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import type { Definitions, RestoreDefinitions } from '../core/definitions.ts'
import type { Recording } from './recording.ts'
import { type Batch, unpack } from './records.ts'
import type { RecordStats, ReportData } from './report-data.ts'

export type ToWorker =
  | ({ readonly type: 'batch'; readonly size: number } & Batch)
  | {
      readonly type: 'definitions'
      readonly number: number
      readonly protocol: string
      readonly portable: unknown
    }
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

/** `restorers`: by protocol. */
export const serveRecording = (
  port: MessagePort,
  recording: Recording,
  restorers: ReadonlyMap<string, RestoreDefinitions>,
): void => {
  const numbered = new Map<number, Definitions>()
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
  const heard = async (message: ToWorker): Promise<void> => {
    if (message.type === 'definitions') {
      // What cannot be restored is as if there were none.
      const restored = await restorers
        .get(message.protocol)?.(message.portable)
        .catch(() => undefined)
      if (restored !== undefined) numbered.set(message.number, restored)
      return
    }
    if (message.type === 'finish') {
      clearTimeout(timer)
      guarded(() => send({ type: 'finished', report: recording.finish(message.retryMs).data() }))
      port.close()
      return
    }
    guarded(() => {
      for (const record of unpack(message, numbered)) recording.take(record)
    })
    send({ type: 'done', size: message.size, stats: recording.stats() })
    if (recording.isDirty) timer ??= setTimeout(write, Math.max(writeAfterMs, 10 * tookMs))
  }
  // One after the other: a batch waits for the definitions that were sent before it.
  let turn = Promise.resolve()
  port.on('message', (message: ToWorker) => {
    turn = turn.then(() => heard(message))
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
