/** Inline commands: words between spaces, quoted as the server's sdssplitargs has it. */

const simple: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 }
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13) || c === 0

/** undefined: unbalanced quotes. */
export const splitInline = (line: Buffer): readonly Buffer[] | undefined => {
  const args: Buffer[] = []
  let at = 0
  for (;;) {
    while (at < line.length && isSpace(line[at]!)) at++
    if (at >= line.length) return args
    const bytes: number[] = []
    let quote = 0
    for (;;) {
      if (at >= line.length) {
        if (quote !== 0) return undefined
        break
      }
      const c = line[at]!
      if (quote === 34 && c === 92 && at + 1 < line.length) {
        at += escaped(line, at, bytes)
        continue
      }
      if (quote === 39 && c === 92 && line[at + 1] === 39) {
        bytes.push(39)
        at += 2
        continue
      }
      if (quote !== 0) {
        at++
        if (c !== quote) {
          bytes.push(c)
          continue
        }
        // The closing quote must be followed by a space or nothing at all.
        if (at < line.length && !isSpace(line[at]!)) return undefined
        break
      }
      if (isSpace(c)) break
      if (c === 34 || c === 39) quote = c
      else bytes.push(c)
      at++
    }
    args.push(Buffer.from(bytes))
  }
}

/** One escape inside double quotes; how many bytes it takes. */
const escaped = (line: Buffer, at: number, bytes: number[]): number => {
  const hex = /^x([0-9a-f]{2})/i.exec(line.toString('latin1', at + 1, at + 4))
  if (hex !== null) {
    bytes.push(Number.parseInt(hex[1]!, 16))
    return 4
  }
  const c = line[at + 1]!
  bytes.push(simple[String.fromCharCode(c)] ?? c)
  return 2
}
