/** The operator that a mistyped key most likely meant; knows the words that other tools use for the same. */

const otherWords: Readonly<Record<string, string>> = {
  $eq: '$equalTo',
  $equals: '$equalTo',
  $is: '$equalTo',
  $ne: '$not',
  $regex: '$matches',
  $pattern: '$matches',
  $like: '$contains',
  $gt: '$greaterThan',
  $gte: '$greaterThanOrEqual',
  $lt: '$lessThan',
  $lte: '$lessThanOrEqual',
  $in: '$oneOf',
  $exists: '$absent',
  $present: '$absent',
  $any: '$anything',
  $all: '$includes',
  $jsonPath: '$matchesJsonPath',
  $jsonSchema: '$matchesJsonSchema',
  $xpath: '$matchesXPath',
}

export const nearestOperator = (key: string, names: readonly string[]): string | undefined => {
  if (Object.hasOwn(otherWords, key)) return otherWords[key]
  const wanted = key.toLowerCase().slice(0, 50)
  const near = names
    .map((name) => ({ name, edits: editsBetween(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0]
  return near !== undefined && near.edits <= Math.max(1, wanted.length / 3) ? near.name : undefined
}

/** Levenshtein's distance. */
const editsBetween = (a: string, b: string): number => {
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    last = row
  }
  return last[b.length]!
}
