/** Bytes of known forms that hold nobody's data: fonts, and programs without a secret in their texts. They stay as they are. */
import { token } from '../detectors/token.ts'
import { findIn } from '../find.ts'
import { traitsOf } from '../text/traits.ts'

export const isHarmlessForm = (bytes: Uint8Array): boolean =>
  isFont(bytes) || (isWasm(bytes) && !holdsToken(bytes))

/** WOFF and WOFF2 (W3C), TrueType, OpenType and collections of them, by signature and a plausible number of tables. */
const isFont = (bytes: Uint8Array): boolean => {
  if (bytes.length < 44) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (view.getUint32(0)) {
    case 0x774f4646: // wOFF
    case 0x774f4632: // wOF2
      return view.getUint32(8) === bytes.length && isTableCount(view.getUint16(12))
    case 0x00010000:
    case 0x4f54544f: // OTTO
    case 0x74727565: // true
      return isTableCount(view.getUint16(4)) && hasTables(bytes, view)
    case 0x74746366: // ttcf
      return view.getUint32(8) > 0 && view.getUint32(8) < 256
    default:
      return false
  }
}

const isTableCount = (count: number): boolean => count > 0 && count < 100

/** Each table's record lies inside the file (OpenType, "Table Directory"). */
const hasTables = (bytes: Uint8Array, view: DataView): boolean => {
  const count = view.getUint16(4)
  if (12 + 16 * count > bytes.length) return false
  for (let i = 0; i < count; i++) {
    const at = 12 + 16 * i
    if (view.getUint32(at + 8) + view.getUint32(at + 12) > bytes.length) return false
  }
  return true
}

/** WebAssembly Core Specification, "Modules", binary format. */
const isWasm = (bytes: Uint8Array): boolean =>
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00].every((byte, at) => bytes[at] === byte)

/** In what can be read of it, as strings(1) does. */
const holdsToken = (bytes: Uint8Array): boolean => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  for (const [run] of text.matchAll(/[\x20-\x7e]{16,4096}/g))
    if (findIn(run, traitsOf(run)).some(({ detector }) => detector === token)) return true
  return false
}
