/**
 * One direction of a connection: messages in their order. What passes is written as its bytes come, neighbours in one chunk at once; any other is
 * handed over whole, and what comes behind it waits until its work is done.
 */
import type { Duplex } from 'node:stream'
import { lentReads, writesAtOnce } from '../../../core/lent-reads.ts'
import type { StreamedMemory } from '../../../core/streamed-memory.ts'
import { MessageStream, type Passes, sizeBytes } from '../wire/message-stream.ts'

/** What may wait in memory for a slow reader before its writer waits, too. */
const mostUnwritten = 256 * 1024
const nothing = new Uint8Array(0)

export interface FlowFacts {
  readonly from: Duplex
  readonly to: Duplex
  /** Bytes of a message at most. */
  readonly largest: number
  readonly memory: StreamedMemory
  readonly passes: Passes
  /** Does what is to be done for a message that doesn't pass. `frame`: without its size. */
  message(frame: Buffer): Promise<void> | void
  /** A message has passed, or its work is done. */
  done?(): void
  /** All is done, and no more comes. */
  ended(): void
  /** Something threw, and nothing is taken any more. `chunk`: the bytes that came last. */
  failed(error: Error, chunk: Buffer): void
}

export class Flow {
  private readonly facts: FlowFacts
  private readonly stream: MessageStream
  private chunk: Buffer = Buffer.alloc(0)
  /** The message that is worked on, as it came. */
  private whole: Buffer = this.chunk
  /** Where neighbours begin that pass and aren't written yet; undefined: there are none. */
  private first: Buffer | undefined
  private joined = 0
  /** Memory that is read into again when the chunk is read. */
  private borrowed: Buffer | undefined
  /** What lies in such memory is not all written. */
  private writing = false
  private busy = false
  private over = false
  private stopped = false

  constructor(facts: FlowFacts) {
    this.facts = facts
    this.stream = new MessageStream(facts.largest, facts.passes)
    const { from, to, memory, ended } = facts
    const lent = writesAtOnce(to) ? lentReads(from) : undefined
    if (lent !== undefined) lent.each((chunk) => this.borrow(chunk))
    else
      from.on('data', (chunk: Buffer) => {
        this.take(chunk)
        memory.passed(chunk.length)
      })
    from.on('end', () => {
      this.over = true
      if (!this.busy) ended()
    })
    to.on('drain', () => this.goOn())
  }

  /** No message is worked on, and none has passed in part. */
  get between(): boolean {
    return !this.busy && this.stream.between
  }

  stop(): void {
    this.stopped = true
  }

  /** Behind what has passed. */
  write(parts: readonly Uint8Array[]): void {
    const { to } = this.facts
    to.cork()
    this.flush()
    for (const part of parts) to.write(part)
    to.uncork()
  }

  /** The message that is worked on, as it came. */
  writeWhole(): void {
    this.write([this.whole])
  }

  private take(chunk: Buffer): void {
    if (this.stopped) return
    this.chunk = chunk
    this.stream.push(chunk)
    if (!this.busy) this.run()
  }

  /** The chunk's memory is read into again as soon as `from` goes on. */
  private borrow(chunk: Buffer): void {
    this.borrowed = chunk
    this.take(chunk)
    this.borrowed = undefined
    this.stream.ownRest()
    const { from, to } = this.facts
    if (to.writableLength === 0 || !to.writable) return
    this.writing = true
    from.pause()
    to.write(nothing, () => {
      this.writing = false
      this.goOn()
    })
  }

  private goOn(): void {
    const { from, to } = this.facts
    if (this.busy || this.writing) return
    if (to.writableNeedDrain && to.writableLength > mostUnwritten) from.pause()
    else from.resume()
  }

  private run(): void {
    const { to } = this.facts
    // What is written in one turn goes out together.
    to.cork()
    try {
      this.takeAll()
    } catch (error) {
      this.fail(error as Error)
    } finally {
      to.uncork()
    }
    if (this.busy || this.stopped) return
    if (this.over) this.facts.ended()
    this.goOn()
  }

  private takeAll(): void {
    const { message, memory, done } = this.facts
    const { stream } = this
    for (let piece = stream.next(); piece !== undefined; piece = stream.next()) {
      if (stream.passing) this.join(piece)
      else {
        const whole = piece.buffer === this.borrowed?.buffer ? Buffer.from(piece) : piece
        this.whole = whole
        // Gathered, and made anew.
        memory.passed(whole.length)
        const working = message(whole.subarray(sizeBytes))
        if (working instanceof Promise) {
          this.wait(working)
          break
        }
      }
      if (stream.between) done?.()
      if (this.stopped) return
    }
    this.flush()
  }

  private wait(working: Promise<void>): void {
    const { from, done } = this.facts
    this.busy = true
    from.pause()
    const goOn = (): void => {
      this.busy = false
      if (this.stopped) return
      done?.()
      this.run()
    }
    working.then(goOn).catch((error: Error) => this.fail(error))
  }

  private fail(error: Error): void {
    if (this.stopped) return
    this.flush()
    this.stopped = true
    this.facts.failed(error, this.chunk)
  }

  private join(piece: Buffer): void {
    const { first, joined } = this
    if (
      first !== undefined &&
      first.buffer === piece.buffer &&
      first.byteOffset + joined === piece.byteOffset
    ) {
      this.joined += piece.length
      return
    }
    this.flush()
    this.first = piece
    this.joined = piece.length
  }

  private flush(): void {
    const { first, joined } = this
    if (first === undefined) return
    this.first = undefined
    this.facts.to.write(first.length === joined ? first : Buffer.from(first.buffer, first.byteOffset, joined))
  }
}
