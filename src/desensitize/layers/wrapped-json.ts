/** JSON with something around it: a call (JSONP), or a guard before it that keeps it from being run as a script. */
import { isJson } from './json.ts'

const guards =
  /^\s*(?:\)\]\}'?,?|while\s*\((?:1|true)\);?|for\s*\(;;\);?|throw [\w;]{1,40};|&&&START&&&|\{\}&&)\s*$/
const callee = /^[\w\s.$='&|;/*[\]"-]{1,200}\($/
const lookedAtAtMost = 240

export interface JsonRange {
  readonly start: number
  readonly end: number
}

/** Where the JSON stands; undefined where there is none, or nothing around it. */
export const wrappedJson = (text: string): JsonRange | undefined => {
  const end = lastBracket(text)
  if (end === undefined) return undefined
  const head = text.slice(0, lookedAtAtMost)
  for (const match of head.matchAll(/[{[]/g)) {
    const start = match.index
    if (start === 0) continue
    const before = text.slice(0, start)
    const after = text.slice(end)
    const fits =
      (callee.test(before.trimEnd()) && /^\s*\)+\s*;?\s*$/.test(after)) ||
      (guards.test(before) && after.trim() === '')
    if (fits && isJson(text.slice(start, end))) return { start, end }
  }
  return undefined
}

const lastBracket = (text: string): number | undefined => {
  const tail = text.slice(-20)
  const at = Math.max(tail.lastIndexOf('}'), tail.lastIndexOf(']'))
  return at < 0 ? undefined : text.length - tail.length + at + 1
}
