/** The longest common subsequence, and the runs that it is made of, last first, as LCS tells them. */
export interface CommonRun {
  readonly a: number
  readonly b: number
  readonly length: number
}

export const lcs = (
  a: string,
  b: string,
): { readonly text: string; readonly matches: readonly CommonRun[] } => {
  const width = b.length + 1
  const table = new Uint32Array((a.length + 1) * width)
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i * width + j] =
        a[i - 1] === b[j - 1]
          ? table[(i - 1) * width + j - 1]! + 1
          : Math.max(table[(i - 1) * width + j]!, table[i * width + j - 1]!)
  const letters: string[] = []
  const matches: { a: number; b: number; length: number }[] = []
  let [i, j] = [a.length, b.length]
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      letters.push(a[i - 1]!)
      const last = matches.at(-1)
      if (last !== undefined && last.a === i && last.b === j) {
        last.a--
        last.b--
        last.length++
      } else matches.push({ a: i - 1, b: j - 1, length: 1 })
      i--
      j--
    } else if (table[(i - 1) * width + j]! > table[i * width + j - 1]!) i--
    else j--
  }
  return { text: letters.reverse().join(''), matches }
}
