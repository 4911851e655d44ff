/** Bytes of which nothing is said: a text, something compressed, a picture. undefined where they cannot be told. */
import { isUtf8 } from 'node:buffer'
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
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
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8
  const zlib =
    bytes[0] === 0x78 && (bytes[1] === 0x9c || bytes[1] === 0xda || bytes[1] === 0x01) && bytes.length > 10
  if (!gzip && !zlib) return undefined
  try {
    const options = { maxOutputLength: run.limits.bytes }
    return gzip
      ? { name: 'gzip', bytes: gunzipSync(bytes, options), pack: gzipSync }
      : { name: 'zlib', bytes: inflateSync(bytes, options), pack: deflateSync }
  } catch {
    if (gzip) run.undecodable(where, 0, 'gzip that cannot be unpacked, or is too large')
    return undefined
  }
}
