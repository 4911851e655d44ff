/** Connections on which nobody has asked anything yet: they must not hold up the end. */
import type { Duplex } from 'node:stream'

export class Undecided {
  private readonly sockets = new Set<Duplex>()
  private over = false

  /** After `close` none is. */
  get closed(): boolean {
    return this.over
  }

  add(socket: Duplex): void {
    if (this.over) socket.destroy()
    this.sockets.add(socket)
    socket.once('close', () => this.sockets.delete(socket))
  }

  delete(socket: Duplex): void {
    this.sockets.delete(socket)
  }

  close(): void {
    this.over = true
    for (const socket of this.sockets) socket.destroy()
  }
}
