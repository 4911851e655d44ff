/** A unified diff of one file (POSIX diff -u), as `git apply` and `patch -p1` take it in the folder of that file. */

const context = 3

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** `before`: undefined for a file that does not exist. '' where nothing differs. */
export const unifiedDiff = (file: string, before: string | undefined, after: string): string => {
  if (before === after) return ''
  const lines = compared(linesOf(before ?? ''), linesOf(after))
  const head = [`--- ${before === undefined ? '/dev/null' : `a/${file}`}`, `+++ b/${file}`]
  return `${[...head, ...hunksOf(lines)].join('\n')}\n`
}

const unended = '\n\\ No newline at end of file'

const linesOf = (text: string): string[] => {
  const lines = text.split('\n')
  const last = lines.pop()!
  return last === '' ? lines : [...lines, last + unended]
}

/** By their longest common subsequence. */
const compared = (before: readonly string[], after: readonly string[]): Line[] => {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  const lines: Line[] = []
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i]! })
      i++
      j++
    } else if (
      i < before.length &&
      (j === after.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    )
      lines.push({ sign: '-', text: before[i++]! })
    else lines.push({ sign: '+', text: after[j++]! })
  }
  return lines
}

/** Changes with what stands around them; those that are near each other are one hunk. */
const hunksOf = (lines: readonly Line[]): string[] => {
  const changed = lines.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]))
  const out: string[] = []
  for (let first = 0; first < changed.length; ) {
    let last = first
    while (last + 1 < changed.length && changed[last + 1]! - changed[last]! <= 2 * context) last++
    const start = Math.max(0, changed[first]! - context)
    const hunk = lines.slice(start, changed[last]! + context + 1)
    const before = lines.slice(0, start)
    const range = (other: Line['sign']): string => {
      const length = hunk.filter(({ sign }) => sign !== other).length
      const from = before.filter(({ sign }) => sign !== other).length
      return `${length === 0 ? from : from + 1},${length}`
    }
    out.push(`@@ -${range('+')} +${range('-')} @@`, ...hunk.map(({ sign, text }) => sign + text))
    first = last + 1
  }
  return out
}
