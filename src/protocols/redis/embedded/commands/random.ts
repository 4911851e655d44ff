/** Drawing by lot, for SRANDMEMBER and its kin. */

/** Each at most once, in any order; all of them when that many are asked for. */
export const pickOnce = <T>(from: readonly T[], count: number, random: () => number): T[] => {
  if (count >= from.length) return [...from]
  const left = [...from]
  const picked: T[] = []
  for (let i = 0; i < count; i++) {
    const at = i + Math.floor(random() * (left.length - i))
    const one = left[at]!
    left[at] = left[i]!
    left[i] = one
    picked.push(one)
  }
  return picked
}

export const pickWithRepeats = <T>(from: readonly T[], count: number, random: () => number): T[] =>
  from.length === 0 ? [] : Array.from({ length: count }, () => from[Math.floor(random() * from.length)]!)
