/** A whole reply as a tree, for the few that are looked at; its strings are views on the bytes that came. */

export interface Resp {
  /** The type's character code, as 36 for `$`. */
  readonly type: number
  /** What stands on the line or in the bulk; undefined: null, or an aggregate. */
  readonly text: Buffer | undefined
  /** Elements of an aggregate; keys and values of a map in turns. */
  readonly items: readonly Resp[] | undefined
  /** What `|` said of it, keys and values in turns. */
  readonly attributes?: readonly Resp[]
}

export const types = {
  simple: 43,
  error: 45,
  integer: 58,
  bulk: 36,
  array: 42,
  push: 62,
  map: 37,
  set: 126,
  null: 95,
  bulkError: 33,
  boolean: 35,
  double: 44,
  bigNumber: 40,
  verbatim: 61,
} as const

/** Deeper than any reply of a server, and not as deep as a stack. */
const maxDepth = 256

/** Decodes one whole frame, as ReplyScanner has found it. Throws RangeError when it nests too deeply. */
export const decodeReply = (bytes: Buffer): Resp => new Decoder(bytes).value(0)

class Decoder {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  value(depth: number): Resp {
    if (depth > maxDepth) throw new RangeError('a reply that nests too deeply')
    const type = this.bytes[this.at]!
    const end = this.bytes.indexOf(10, this.at)
    const line = this.bytes.subarray(this.at + 1, end - 1)
    this.at = end + 1
    switch (type) {
      case 36:
      case 33:
      case 61: {
        const length = Number(line.toString('latin1'))
        if (length < 0) return { type, text: undefined, items: undefined }
        const text = this.bytes.subarray(this.at, this.at + length)
        this.at += length + 2
        return { type, text, items: undefined }
      }
      case 42:
      case 126:
      case 62:
      case 37: {
        const count = Number(line.toString('latin1'))
        if (count < 0) return { type, text: undefined, items: undefined }
        return { type, text: undefined, items: this.values(type === 37 ? 2 * count : count, depth) }
      }
      case 124: {
        const attributes = this.values(2 * Number(line.toString('latin1')), depth)
        return { ...this.value(depth), attributes }
      }
      case 95:
        return { type, text: undefined, items: undefined }
      default:
        return { type, text: line, items: undefined }
    }
  }

  private values(count: number, depth: number): Resp[] {
    const items: Resp[] = []
    for (let i = 0; i < count; i++) items.push(this.value(depth + 1))
    return items
  }
}

const crlf = Buffer.from('\r\n')

/** The bytes of a reply. */
export const encodeReply = (reply: Resp): Buffer => {
  const parts: Buffer[] = []
  write(reply, parts)
  return Buffer.concat(parts)
}

const write = ({ type, text, items, attributes }: Resp, parts: Buffer[]): void => {
  if (attributes !== undefined) {
    parts.push(Buffer.from(`|${attributes.length / 2}\r\n`))
    for (const attribute of attributes) write(attribute, parts)
  }
  const letter = String.fromCharCode(type)
  if (items !== undefined) {
    parts.push(Buffer.from(`${letter}${type === types.map ? items.length / 2 : items.length}\r\n`))
    for (const item of items) write(item, parts)
  } else if (text === undefined) parts.push(Buffer.from(type === types.null ? '_\r\n' : `${letter}-1\r\n`))
  else if (type === 36 || type === 33 || type === 61)
    parts.push(Buffer.from(`${letter}${text.length}\r\n`), text, crlf)
  else parts.push(Buffer.from(letter), text, crlf)
}

export const isError = ({ type }: Resp): boolean => type === types.error || type === types.bulkError

const plain = (type: number, text: string | Buffer): Resp => ({
  type,
  text: typeof text === 'string' ? Buffer.from(text) : text,
  items: undefined,
})

export const bulk = (text: string | Buffer): Resp => plain(types.bulk, text)
export const simple = (text: string): Resp => plain(types.simple, text)
export const integer = (n: number): Resp => plain(types.integer, String(n))
/** `text` with its code, as `ERR unknown command`. */
export const errorReply = (text: string): Resp =>
  plain(types.error, Buffer.from(text.replace(/[\r\n]+/g, ' ').slice(0, 512)))
export const array = (items: readonly Resp[], type: number = types.array): Resp => ({
  type,
  text: undefined,
  items,
})

/** The strings of an aggregate; null ones are left out. */
export const strings = ({ items = [] }: Resp): readonly Buffer[] => items.flatMap(({ text }) => text ?? [])

/** A command as an array of bulk strings. */
export const encodeCommand = (args: readonly (string | Uint8Array)[]): Buffer => {
  const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = typeof arg === 'string' ? Buffer.from(arg) : arg
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, crlf)
  }
  return Buffer.concat(parts)
}
