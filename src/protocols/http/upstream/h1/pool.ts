/** The connections to one upstream in HTTP/1.1. */
import type { Dialed } from '../../../../core/protocol.ts'
import type { StreamedMemory } from '../../../../core/streamed-memory.ts'
import { Connection, type ConnectionOwner } from './connection.ts'
import type { Exchange } from './exchange.ts'

/** More calls at the same time wait. */
const connectionsAtMost = 512

interface Idle {
  readonly connection: Connection
  /** By performance.now(). */
  readonly until: number
}

export class Pool implements ConnectionOwner {
  private readonly dial: () => Promise<Dialed>
  private readonly memory: StreamedMemory
  /** The one used last is used next, so that those that are not needed grow old. */
  private readonly idle: Idle[] = []
  private readonly open = new Set<Connection>()
  private opening = 0
  private waiting: Exchange[] = []
  private ending = false

  constructor(dial: () => Promise<Dialed>, memory: StreamedMemory) {
    this.dial = dial
    this.memory = memory
  }

  get closed(): boolean {
    return this.ending
  }

  send(exchange: Exchange): void {
    const connection = this.free()
    if (connection !== undefined) {
      connection.send(exchange)
      return
    }
    this.waiting.push(exchange)
    // Each that is being opened takes one of those that wait.
    if (this.open.size + this.opening < connectionsAtMost) this.openOne()
  }

  private free(): Connection | undefined {
    if (this.idle.length === 0) return undefined
    const now = performance.now()
    for (let last = this.idle.pop(); last !== undefined; last = this.idle.pop()) {
      if (!last.connection.usable) continue
      if (last.until > now) return last.connection
      last.connection.destroy()
    }
    return undefined
  }

  private openOne(): void {
    this.opening++
    this.dial().then(
      (socket) => {
        this.opening--
        const connection = new Connection(socket, this, this.memory)
        this.open.add(connection)
        if (this.ending && this.waiting.length === 0) connection.destroy()
        else this.next(connection, unusedMs)
      },
      (error: Error) => {
        this.opening--
        this.waiting.shift()?.fail(error)
        this.openForWaiting()
      },
    )
  }

  freed(connection: Connection, keepMs: number): void {
    if (this.ending && this.waiting.length === 0) connection.destroy()
    else this.next(connection, keepMs)
  }

  private next(connection: Connection, keepMs: number): void {
    let next = this.waiting.shift()
    while (next?.over === true) next = this.waiting.shift()
    if (next !== undefined) connection.send(next)
    else this.idle.push({ connection, until: performance.now() + keepMs })
  }

  gone(connection: Connection): void {
    this.open.delete(connection)
    this.openForWaiting()
  }

  private openForWaiting(): void {
    if (this.waiting.length > this.opening && this.open.size + this.opening < connectionsAtMost)
      this.openOne()
  }

  /** Closes connections that have been idle for longer than they may. */
  sweep(now: number): void {
    for (let i = this.idle.length - 1; i >= 0; i--) {
      const { connection, until } = this.idle[i]!
      if (until > now && connection.usable) continue
      this.idle.splice(i, 1)
      connection.destroy()
    }
  }

  /** Ends the idle ones now and the others when their call is done. */
  close(): void {
    this.ending = true
    for (const { connection } of this.idle.splice(0)) connection.destroy()
  }

  /** Ends every connection, with calls in flight. */
  destroy(): void {
    this.ending = true
    const waiting = this.waiting
    this.waiting = []
    for (const exchange of waiting) exchange.fail(new Error('svc-mock is stopping'))
    for (const connection of [...this.open]) connection.destroy(new Error('svc-mock is stopping'))
  }
}

/** One that was opened for a call that needs it no more. */
const unusedMs = 4_000
