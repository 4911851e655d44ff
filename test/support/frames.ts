/** HTTP/2 frames by hand (RFC 9113 section 4), for what no library would send, and the frames that come back. */
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

export type FrameType = keyof typeof frameTypes

export const flags = { endStream: 1, ack: 1, endHeaders: 4 } as const

export const errorCodes = { none: 0, protocol: 1, internal: 2, refused: 7, cancel: 8, calm: 11 } as const

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

export const frame = (type: FrameType, flag: number, stream: number, payload: Uint8Array = none): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = frameTypes[type]
  head[4] = flag
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const none = new Uint8Array(0)

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A header block of literals that are not indexed (RFC 7541 section 6.2.2), without Huffman coding. */
export const block = (...pairs: string[]): Buffer =>
  Buffer.concat(pairs.map((text, i) => Buffer.concat([i % 2 === 0 ? Buffer.from([0]) : none, literal(text)])))

const literal = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
  const length = [127]
  let rest = bytes.length - 127
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

/** `:method` and so on of a GET. */
export const get = (path: string, authority: string): string[] => [
  ':method',
  'GET',
  ':scheme',
  'http',
  ':authority',
  authority,
  ':path',
  path,
]

/** A request without a body, in one frame. */
export const request = (stream: number, ...pairs: string[]): Buffer =>
  frame('headers', flags.endStream | flags.endHeaders, stream, block(...pairs))

export const reset = (stream: number, code: number): Buffer => frame('rstStream', 0, stream, uint32(code))

export const windowUpdate = (stream: number, by: number): Buffer =>
  frame('windowUpdate', 0, stream, uint32(by))

export interface Frame {
  readonly type: FrameType
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export interface FrameClient {
  readonly socket: Socket
  send(...frames: readonly Uint8Array[]): void
  /** The first frame of this kind that has come, or comes; undefined when the connection closes before it does. */
  next(type: FrameType, stream?: number): Promise<Frame | undefined>
  /** All that has come. */
  readonly frames: readonly Frame[]
  readonly closed: Promise<void>
}

/** Connects, sends the preface and empty SETTINGS, and acknowledges the server's. */
export const frameClient = async (port: number, host = '127.0.0.1'): Promise<FrameClient> => {
  const socket = connect({ port, host })
  onTestFinished(() => {
    socket.destroy()
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const frames: Frame[] = []
  let over = false
  let changed = Promise.withResolvers<void>()
  const wake = (): void => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  const closed = new Promise<void>((resolve) =>
    socket.once('close', () => {
      over = true
      wake()
      resolve()
    }),
  )
  socket.on('error', () => undefined)
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (;;) {
      const parsed = parse(bytes)
      if (parsed === undefined) break
      bytes = bytes.subarray(9 + parsed.payload.length)
      frames.push(parsed)
      if (parsed.type === 'settings' && parsed.flags === 0) socket.write(frame('settings', flags.ack, 0))
    }
    wake()
  })
  socket.write(Buffer.concat([preface, frame('settings', 0, 0)]))
  return {
    socket,
    frames,
    closed,
    send: (...list) => {
      if (!over) socket.write(Buffer.concat(list))
    },
    next: async (type, stream) => {
      for (;;) {
        const found = frames.find(
          (each) => each.type === type && (stream === undefined || each.stream === stream),
        )
        if (found !== undefined || over) return found
        await changed.promise
      }
    },
  }
}

const names = Object.keys(frameTypes) as FrameType[]

const parse = (bytes: Buffer): Frame | undefined => {
  if (bytes.length < 9) return undefined
  const length = bytes.readUIntBE(0, 3)
  if (bytes.length < 9 + length) return undefined
  return {
    type: names[bytes[3]!]!,
    flags: bytes[4]!,
    stream: bytes.readUInt32BE(5) & 0x7f_ff_ff_ff,
    payload: bytes.subarray(9, 9 + length),
  }
}

/** The error code of GOAWAY or RST_STREAM; undefined without a frame. */
export const codeOf = (frame: Frame | undefined): number | undefined =>
  frame === undefined ? undefined : frame.payload.readUInt32BE(frame.type === 'goaway' ? 4 : 0)
