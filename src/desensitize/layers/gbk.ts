/** GBK, which many Chinese services still speak: Node reads it but does not write it, so the table is turned round. */

/** What GBK does not have becomes `?`. */
export const encodeGbk = (text: string): Uint8Array => {
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0)!
    if (code < 0x80) bytes.push(code)
    else bytes.push(...(gbkOf.get(char) ?? [0x3f]))
  }
  return Uint8Array.from(bytes)
}

const reversed = (): ReadonlyMap<string, readonly [number, number]> => {
  const decoder = new TextDecoder('gbk')
  const map = new Map<string, readonly [number, number]>()
  for (let high = 0x81; high <= 0xfe; high++)
    for (let low = 0x40; low <= 0xfe; low++) {
      if (low === 0x7f) continue
      const char = decoder.decode(Uint8Array.of(high, low))
      if (char.length === 1 && char !== '\ufffd' && !map.has(char)) map.set(char, [high, low])
    }
  return map
}

/** Made when first asked for: most runs never do. */
class LazyTable {
  #map: ReadonlyMap<string, readonly [number, number]> | undefined
  get(char: string): readonly [number, number] | undefined {
    this.#map ??= reversed()
    return this.#map.get(char)
  }
}

const gbkOf = new LazyTable()
