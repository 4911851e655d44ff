/** Which version of HTTP a connection speaks: ALPN has said it, or the first bytes do. */
import type { Duplex } from 'node:stream'
import type { Entrance } from '../../core/protocol.ts'
import { isHttp2 } from './detect.ts'

export type Version = 'http/1.1' | 'h2'

/** A client that connects and says nothing. */
const patienceMs = 75_000

/** Connections of own ports whose first bytes nobody has seen. */
export class FirstBytes {
  private readonly waiting = new Set<Duplex>()

  /** Calls `found` once, at once where that is known, unless the connection ends first. Bytes read are put back. */
  of(socket: Duplex, entrance: Entrance, found: (version: Version) => void): void {
    const { alpn } = entrance.tls ?? {}
    if (alpn === 'h2' || alpn === 'http/1.1') {
      found(alpn)
      return
    }
    if (socket.destroyed) return
    const seen = new Peek(socket)
    const known = seen.look()
    if (known === undefined) this.wait(socket, seen, found)
    else found(known)
  }

  private wait(socket: Duplex, seen: Peek, found: (version: Version) => void): void {
    this.waiting.add(socket)
    const timer = setTimeout(() => socket.destroy(), patienceMs)
    const stop = (): void => {
      clearTimeout(timer)
      this.waiting.delete(socket)
      socket.off('readable', readable).off('close', stop).off('end', ended)
    }
    const readable = (): void => {
      const version = seen.look()
      if (version === undefined) return
      stop()
      found(version)
    }
    const ended = (): void => void socket.destroy()
    socket.on('readable', readable).on('close', stop).on('end', ended)
  }

  /** Nobody has asked anything on them. */
  close(): void {
    for (const socket of this.waiting) socket.destroy()
  }
}

class Peek {
  private readonly socket: Duplex
  /** Held back while they could become either. */
  private bytes: Buffer = Buffer.alloc(0)

  constructor(socket: Duplex) {
    this.socket = socket
  }

  /** undefined: too little has come. */
  look(): Version | undefined {
    const chunk = this.socket.read() as Buffer | null
    if (chunk === null) return undefined
    this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk])
    const verdict = isHttp2(this.bytes)
    if (verdict === 'more') return undefined
    this.socket.unshift(this.bytes)
    return verdict === 'yes' ? 'h2' : 'http/1.1'
  }
}
