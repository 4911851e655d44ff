/** Finds where values begin and end in JSON text that is known to be valid. Nothing is decoded. */

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const closeBracket = 0x5d
const closeBrace = 0x7d

/** After white space (RFC 8259 section 2). */
export const skipSpace = (text: string, from: number): number => {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** `from` is the opening quote; the place after the closing one. */
export const skipString = (text: string, from: number): number => {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end + 1
  }
}

/** `from` is the value's first character. Walks, instead of calling itself: depth costs nothing. */
export const skipValue = (text: string, from: number): number => {
  const first = text.charCodeAt(from)
  if (first === quote) return skipString(text, from)
  if (first !== 0x7b && first !== 0x5b) return skipScalar(text, from)
  let depth = 0
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = skipString(text, at) - 1
    // [ and {, ] and } differ in one bit.
    else if ((code | 0x20) === 0x7b) depth++
    else if ((code | 0x20) === closeBrace && --depth === 0) return at + 1
  }
}

const skipScalar = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code === comma || code === closeBracket || code === closeBrace) return at
  }
  return text.length
}
