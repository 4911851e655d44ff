/** Gives each item a value of its own that satisfies it, if there is a way to (Kuhn's augmenting paths). */
import type { Passes } from './operator.ts'

export const pair = (items: number, values: number, passes: Passes): boolean => {
  const itemOf = new Array<number>(values).fill(-1)
  for (let item = 0; item < items; item++) {
    if (!place(item, itemOf, passes, new Set())) return false
  }
  return true
}

const place = (item: number, itemOf: number[], passes: Passes, tried: Set<number>): boolean => {
  for (let value = 0; value < itemOf.length; value++) {
    if (tried.has(value) || !passes(item, value)) continue
    tried.add(value)
    if (itemOf[value] === -1 || place(itemOf[value]!, itemOf, passes, tried)) {
      itemOf[value] = item
      return true
    }
  }
  return false
}
