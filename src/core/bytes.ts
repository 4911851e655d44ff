/**
 * Texts as bytes and back, wherever the code runs: by Buffer where there is one, because it is faster, else by what every
 * browser has.
 */

/** Not asked for anew with each call. */
const native = typeof Buffer === 'undefined' ? undefined : Buffer

export const utf8Bytes = (text: string): Uint8Array<ArrayBuffer> =>
  native === undefined ? new TextEncoder().encode(text) : native.from(text)

/** How many bytes the text has in UTF-8. */
export const utf8Length = (text: string): number =>
  native === undefined ? new TextEncoder().encode(text).length : native.byteLength(text)

/** One character a byte (ISO-8859-1). */
export const latin1Text = (bytes: Uint8Array): string => {
  if (native !== undefined)
    return native.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  let text = ''
  // As arguments of one call, long bodies would overflow the stack.
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return text
}

/** Of characters up to U+00FF. */
export const latin1Bytes = (text: string): Uint8Array<ArrayBuffer> =>
  native === undefined ? Uint8Array.from(text, (one) => one.charCodeAt(0)) : native.from(text, 'latin1')

/** `text` must be base64, with or without padding. */
export const base64Bytes = (text: string): Uint8Array<ArrayBuffer> =>
  native === undefined ? latin1Bytes(atob(text)) : native.from(text, 'base64')

export const base64Text = (bytes: Uint8Array): string => btoa(latin1Text(bytes))

export const joinBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
