/**
 * Which fields of `request` a script can look at, read off its text, so that no others are sent. Careful: where the
 * text leaves any doubt, the answer is "all of them" (undefined).
 */

/** By these a parameter could be reached without its name, or its name be written otherwise. */
const doubts = /\\u|\beval\b|\barguments\b|\bFunction\b/

const parameters =
  /\bexport\s+default\s+(?:async\s+)?(?:function\s*\*?\s*[\w$]*\s*)?(?:\(\s*(?:(?<none>\))|(?<name>[A-Za-z_$][\w$]*)\s*[,)]|(?<pattern>\{[^{}]*\})\s*[,)])|(?<bare>[A-Za-z_$][\w$]*)\s*=>)/

/** `source`: the module with the default export, types erased. */
export const requestFields = (source: string): ReadonlySet<string> | undefined => {
  if (doubts.test(source) || source.split(/\bexport\s+default\b/).length !== 2) return undefined
  const found = parameters.exec(source)?.groups
  if (found === undefined) return undefined
  if (found['none'] !== undefined) return new Set()
  if (found['pattern'] !== undefined) return fieldsOfPattern(found['pattern'])
  const name = found['name'] ?? found['bare']
  return name === undefined || name === 'async' || name === 'function'
    ? undefined
    : fieldsOfName(source, name)
}

/** `{ body, params: p }`; anything beyond names and new names is a doubt. */
const fieldsOfPattern = (pattern: string): ReadonlySet<string> | undefined => {
  const fields = new Set<string>()
  for (const part of pattern.slice(1, -1).split(',')) {
    if (part.trim() === '') continue
    const field = /^\s*([A-Za-z_$][\w$]*)\s*(?::\s*[A-Za-z_$][\w$]*\s*)?$/.exec(part)?.[1]
    if (field === undefined) return undefined
    fields.add(field)
  }
  return fields
}

/** Every place with the name, but the parameter itself, must be `name.field` or `name?.field`. */
const fieldsOfName = (source: string, name: string): ReadonlySet<string> | undefined => {
  const escaped = name.replaceAll('$', '\\$')
  const fields = new Set<string>()
  let others = 0
  for (const [, field] of source.matchAll(
    new RegExp(`(?<![\\w$])${escaped}(?![\\w$])(?:\\s*\\??\\.\\s*([A-Za-z_$][\\w$]*))?`, 'g'),
  )) {
    if (field === undefined) others++
    else fields.add(field)
  }
  return others === 1 ? fields : undefined
}
