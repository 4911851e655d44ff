/** Bytes of which nothing is said: a text, something compressed, a picture. undefined where they cannot be told. */
import { isUtf8 } from 'node:buffer'
import {
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { applyEdits, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { isHarmlessForm } from './harmless-forms.ts'
import { isPlaceholderPicture, pictureKind, placeholderPicture } from './pictures.ts'

export interface BytesChange {
  /** undefined where nothing is to be changed. */
  readonly bytes: (() => Uint8Array) | undefined
}

const unchanged: BytesChange = { bytes: undefined }

export const bytesChange = (
  bytes: Uint8Array,
  field: Field,
  where: Where,
  run: Run,
): BytesChange | undefined => {
  if (bytes.length < 5) return undefined
  const packed = unpacked(bytes, where, run)
  if (packed !== undefined) {
    if (!run.unpacked(packed.bytes.length)) {
      run.undecodable(where, 0, `more than ${run.limits.bytes} bytes when unpacked`)
      return unchanged
    }
    const inner = bytesChange(packed.bytes, { ...field, depth: field.depth + 1 }, where, run)
    if (inner === undefined) run.undecodable(where, 0, `bytes inside ${packed.name} that are no text`)
    return inner?.bytes === undefined ? unchanged : { bytes: () => packed.pack(inner.bytes!()) }
  }
  const picture = pictureKind(bytes)
  if (picture !== undefined) {
    if (isPlaceholderPicture(bytes)) return unchanged
    const detector = run.names.of('token').detectors[0]!
    run.report({
      detector: { ...detector, type: 'picture', title: 'picture or document' },
      rule: 'content',
      path: where.path(),
      offset: where.offset(0),
    })
    return { bytes: () => placeholderPicture(picture) }
  }
  const text = textOf(bytes)
  if (text !== undefined) {
    const edits = run.leaf(text, field, where)
    return edits.length === 0 ? unchanged : { bytes: () => Buffer.from(applyEdits(text, edits), 'utf8') }
  }
  return isHarmlessForm(bytes) ? unchanged : undefined
}

const textOf = (bytes: Uint8Array): string | undefined => {
  if (!isUtf8(bytes)) return undefined
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? undefined : text
}

interface Packed {
  readonly name: string
  readonly bytes: Uint8Array
  readonly pack: (bytes: Uint8Array) => Uint8Array
}

const unpacked = (bytes: Uint8Array, where: Where, run: Run): Packed | undefined => {
  const packing = packings.find(({ start }) => start.every((byte, at) => bytes[at] === byte))
  if (packing === undefined || bytes.length <= 10 || !run.unpacked(0)) return undefined
  const { name, sure, unpack, pack } = packing
  try {
    return { name, bytes: unpack(bytes, { maxOutputLength: run.limits.bytes }), pack }
  } catch {
    if (sure) run.undecodable(where, 0, `${name} that cannot be unpacked, or is too large`)
    return undefined
  }
}

interface Packing {
  readonly name: string
  /** The first bytes. */
  readonly start: readonly number[]
  /** Nothing else begins so. */
  readonly sure: boolean
  readonly unpack: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array
  readonly pack: (bytes: Uint8Array) => Uint8Array
}

const packings: readonly Packing[] = [
  { name: 'gzip', start: [0x1f, 0x8b, 8], sure: true, unpack: gunzipSync, pack: gzipSync },
  {
    name: 'zstd',
    start: [0x28, 0xb5, 0x2f, 0xfd],
    sure: true,
    unpack: zstdDecompressSync,
    pack: zstdCompressSync,
  },
  ...[0x01, 0x5e, 0x9c, 0xda].map(
    (level): Packing => ({
      name: 'zlib',
      start: [0x78, level],
      sure: false,
      unpack: inflateSync,
      pack: deflateSync,
    }),
  ),
]
