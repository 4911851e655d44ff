/** Percent-encoding (RFC 3986 section 2.1), in UTF-8 or GBK, with `+` for blanks where forms have it. */
import type { Decoding } from '../edits.ts'
import { encodeGbk } from './gbk.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Always succeeds: what is not encoded stands for itself. */
export const percentDecoding = (raw: string, plus: boolean): Decoding => {
  let text = ''
  const starts: number[] = []
  const ends: number[] = []
  const put = (piece: string, start: number, end: number): void => {
    text += piece
    for (let i = 0; i < piece.length; i++) {
      starts.push(start)
      ends.push(end)
    }
  }
  let gbk = false
  for (let at = 0; at < raw.length; ) {
    const char = raw[at]!
    if (char !== '%' || !/^%[0-9a-f]{2}/i.test(raw.slice(at, at + 3))) {
      put(plus && char === '+' ? ' ' : char, at, at + 1)
      at++
      continue
    }
    const bytes: number[] = []
    const first = at
    while (/^%[0-9a-f]{2}/i.test(raw.slice(at, at + 3))) {
      bytes.push(Number.parseInt(raw.slice(at + 1, at + 3), 16))
      at += 3
    }
    const decoded = decodeBytes(Uint8Array.from(bytes))
    gbk ||= decoded.gbk
    for (const { text: piece, from, to } of decoded.pieces) put(piece, first + from * 3, first + to * 3)
  }
  const lower = /%[0-9A-F]?[a-f]/.test(raw) && !/%[0-9a-f]?[A-F]/.test(raw)
  const rawBeyond = /[^\x00-\x7f]/.test(raw)
  return {
    text,
    start: (index) => starts[index] ?? raw.length,
    end: (index) => (index === 0 ? 0 : ends[index - 1]!),
    encode: (part) => {
      const coded = gbk
        ? [...encodeGbk(part)]
            .map((byte) =>
              /[0-9A-Za-z_.~-]/.test(String.fromCharCode(byte)) && byte < 128
                ? String.fromCharCode(byte)
                : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
            )
            .join('')
        : rawBeyond
          ? part.replace(/[\x00-\x20"%&+=#<>]/g, (char) => encodeURIComponent(char))
          : encodeURIComponent(part)
      const cased = lower ? coded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()) : coded
      return plus ? cased.replaceAll('%20', '+') : cased
    },
  }
}

interface Piece {
  readonly text: string
  readonly from: number
  readonly to: number
}

const decodeBytes = (bytes: Uint8Array): { readonly pieces: readonly Piece[]; readonly gbk: boolean } => {
  try {
    utf8.decode(bytes)
    return { pieces: cut(bytes, utf8Length, utf8), gbk: false }
  } catch {
    try {
      const gbk = new TextDecoder('gbk', { fatal: true })
      gbk.decode(bytes)
      return { pieces: cut(bytes, (byte) => (byte < 0x81 ? 1 : 2), gbk), gbk: true }
    } catch {
      return {
        pieces: [...bytes].map((byte, i) => ({ text: String.fromCharCode(byte), from: i, to: i + 1 })),
        gbk: false,
      }
    }
  }
}

const utf8Length = (byte: number): number => (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)

const cut = (bytes: Uint8Array, lengthOf: (byte: number) => number, decoder: TextDecoder): Piece[] => {
  const pieces: Piece[] = []
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + lengthOf(bytes[from]!))
    pieces.push({ text: decoder.decode(bytes.subarray(from, to)), from, to })
    from = to
  }
  return pieces
}
