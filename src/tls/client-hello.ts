/**
 * What a ClientHello says before it is answered (RFC 8446 section 4.1.2): the server's name and the protocols offered.
 * Read here because the certificate, and whether we answer at all, depend on them. OpenSSL checks the rest.
 */

export interface ClientHello {
  /** SNI, lower case, without a dot at the end; undefined: none, as for an address. */
  readonly servername: string | undefined
  /** ALPN, in the client's order; empty: none. */
  readonly alpn: readonly string[]
}

/** Longer ones are nobody's: the largest of today, with post-quantum key shares, stay below 4 kB. */
const longest = 32 * 1024

const handshakeRecord = 22
const clientHello = 1
const serverNameExtension = 0
const alpnExtension = 16

/** `more`: the bytes so far are the beginning of one. */
export const readClientHello = (bytes: Buffer): ClientHello | 'more' | 'no' => {
  const message = handshakeMessage(bytes)
  if (message === 'more' || message === 'no') return message
  try {
    return parse(message)
  } catch {
    return 'no'
  }
}

/** The first handshake message, put together from the records that it is cut into. */
const handshakeMessage = (bytes: Buffer): Buffer | 'more' | 'no' => {
  const pieces: Buffer[] = []
  let have = 0
  let size: number | undefined
  for (let at = 0; ; ) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return 'no'
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) return 'no'
    if (at > longest) return 'no'
    if (at + 5 > bytes.length) return 'more'
    const end = at + 5 + bytes.readUInt16BE(at + 3)
    if (end === at + 5) return 'no'
    const piece = bytes.subarray(at + 5, end)
    if (have === 0 && piece.length > 0 && piece[0] !== clientHello) return 'no'
    pieces.push(piece)
    have += piece.length
    // Pieces may be of one byte each: they are put together twice at most.
    if (size === undefined && have >= 4) {
      size = 4 + Buffer.concat(pieces).readUIntBE(1, 3)
      if (size > longest) return 'no'
    }
    if (size !== undefined && have >= size) return Buffer.concat(pieces).subarray(4, size)
    if (end > bytes.length) return 'more'
    at = end
  }
}

/** Reads on and on; beyond the end it throws. */
class Reader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get done(): boolean {
    return this.at >= this.bytes.length
  }

  number(size: 1 | 2): number {
    return this.take(size).readUIntBE(0, size)
  }

  take(size: number): Buffer {
    const end = this.at + size
    if (end > this.bytes.length) throw new RangeError('a length is beyond the end')
    const taken = this.bytes.subarray(this.at, end)
    this.at = end
    return taken
  }

  /** Bytes with their length before them. */
  vector(size: 1 | 2): Reader {
    return new Reader(this.take(this.number(size)))
  }

  text(): string {
    return this.take(this.bytes.length - this.at).toString('latin1')
  }
}

const parse = (message: Buffer): ClientHello => {
  const reader = new Reader(message)
  reader.take(2 + 32) // version, random
  reader.vector(1) // session
  reader.vector(2) // cipher suites
  reader.vector(1) // compression
  const hello: { servername: string | undefined; alpn: string[] } = { servername: undefined, alpn: [] }
  if (reader.done) return hello
  const extensions = reader.vector(2)
  while (!extensions.done) {
    const type = extensions.number(2)
    const body = extensions.vector(2)
    if (type === serverNameExtension) hello.servername = serverName(body)
    else if (type === alpnExtension) hello.alpn = protocolNames(body)
  }
  return hello
}

const serverName = (body: Reader): string | undefined => {
  const names = body.vector(2)
  while (!names.done) {
    const type = names.number(1)
    const name = names.vector(2).text()
    if (type === 0) return plainName(name)
  }
  return undefined
}

/** What is no name of a host (RFC 1123, and `_` as people use it) is nothing to make a certificate for. */
const plainName = (text: string): string | undefined => {
  const name = text.toLowerCase().replace(/\.$/, '')
  return name.length <= 253 &&
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(name)
    ? name
    : undefined
}

const protocolNames = (body: Reader): string[] => {
  const list = body.vector(2)
  const names: string[] = []
  while (!list.done) names.push(list.vector(1).text())
  return names
}
