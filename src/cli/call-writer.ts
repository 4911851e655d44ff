/**
 * Writes call lines in batches and never makes a call wait: a bounded queue, and what does not fit is dropped
 * and counted. On a terminal more than `linesPerSecond` calls become one summary line a second.
 */
import type { CallRecord, Counts } from '../app/running.ts'
import { callLine, renderCall } from './call-line.ts'
import type { LineSink } from './sink.ts'
import type { Style } from './style.ts'

export interface CallWriterOptions {
  readonly json: boolean
  /** Summaries only make sense where a person reads along. */
  readonly terminal: boolean
  readonly style: Style
  readonly sink: LineSink
  readonly queueLimit?: number
  readonly linesPerSecond?: number
}

const batchMs = 20
const noCounts = (): Counts => ({ mock: 0, passthrough: 0, miss: 0, error: 0 })

export class CallWriter {
  readonly #options: CallWriterOptions
  readonly #queueLimit: number
  readonly #linesPerSecond: number
  #queue: (CallRecord | string)[] = []
  #timer: NodeJS.Timeout | undefined
  #stalled = false
  #closed = false
  #dropped = 0
  #droppedUnreported = 0
  #second = 0
  #inSecond = 0
  #summary: Counts | undefined
  #summaryTimer: NodeJS.Timeout | undefined

  constructor(options: CallWriterOptions) {
    this.#options = options
    this.#queueLimit = options.queueLimit ?? 10_000
    this.#linesPerSecond = options.terminal ? (options.linesPerSecond ?? 1_000) : Number.POSITIVE_INFINITY
  }

  /** Lines that no reader took. */
  get dropped(): number {
    return this.#dropped
  }

  /** Hot: formats nothing. */
  call(record: CallRecord): void {
    const second = Math.floor(record.at / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#inSecond = 0
    }
    this.#inSecond += 1
    if (this.#inSecond > this.#linesPerSecond) this.#summarise(record)
    else this.#enqueue(record)
  }

  /** Another line of the same stream: a reload, a notice. */
  line(text: string): void {
    this.#enqueue(text)
  }

  /** Writes what is left, if the reader takes it, and says what was dropped. */
  close(): void {
    if (this.#closed) return
    this.#endSummary()
    this.#closed = true
    clearTimeout(this.#timer)
    if (!this.#stalled) this.#flush()
    this.#options.sink.close()
  }

  #enqueue(entry: CallRecord | string): void {
    if (this.#closed) return
    if (this.#queue.length >= this.#queueLimit) {
      this.#dropped += 1
      this.#droppedUnreported += 1
      return
    }
    this.#queue.push(entry)
    if (!this.#stalled) this.#timer ??= setTimeout(() => this.#flush(), batchMs)
  }

  #summarise(record: CallRecord): void {
    this.#summary ??= noCounts()
    this.#summary[record.outcome] += 1
    this.#summaryTimer ??= setTimeout(() => this.#endSummary(), 1_000)
  }

  #endSummary(): void {
    clearTimeout(this.#summaryTimer)
    this.#summaryTimer = undefined
    const counts = this.#summary
    this.#summary = undefined
    if (counts === undefined) return
    const total = counts.mock + counts.passthrough + counts.miss + counts.error
    const parts = Object.entries(counts).filter(([, n]) => n > 0)
    const words = parts.map(([outcome, n]) => `${n.toLocaleString('en')} ${outcome}`).join(', ')
    this.#enqueue(
      this.#options.style.dim(`… ${total.toLocaleString('en')} more calls in this second: ${words}`),
    )
  }

  #flush(): void {
    this.#timer = undefined
    const entries = this.#queue
    this.#queue = []
    let text = ''
    for (const entry of entries) text += `${this.#text(entry)}\n`
    if (this.#droppedUnreported > 0) {
      text += `${this.#droppedText(this.#droppedUnreported)}\n`
      this.#droppedUnreported = 0
    }
    if (text === '' || this.#options.sink.write(text)) return
    this.#stalled = true
    this.#options.sink.whenReady(() => {
      this.#stalled = false
      if (!this.#closed) this.#flush()
    })
  }

  #text(entry: CallRecord | string): string {
    if (typeof entry === 'string') return entry
    return this.#options.json ? JSON.stringify(callLine(entry)) : renderCall(entry, this.#options.style)
  }

  #droppedText(count: number): string {
    return this.#options.json
      ? JSON.stringify({ type: 'dropped', lines: count })
      : this.#options.style.dim(
          `… ${count.toLocaleString('en')} lines were not shown: nobody read them in time`,
        )
  }
}
