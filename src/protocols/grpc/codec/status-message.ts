/**
 * `grpc-message` (gRPC over HTTP/2, "Status-Message"): UTF-8, percent-encoded. Only what cannot stand in a header and `%`
 * itself is encoded, because clients differ in how much they decode.
 */

export const encodeStatusMessage = (text: string): string => {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text
  let encoded = ''
  for (const byte of new TextEncoder().encode(text)) {
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

/** What is no escape stands for itself, as the specification asks. */
export const decodeStatusMessage = (text: string): string => {
  if (!text.includes('%')) return text
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const hex = /^%([\da-f]{2})/i.exec(text.slice(at, at + 3))?.[1]
    if (hex === undefined) bytes.push(...new TextEncoder().encode(text[at]))
    else {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
