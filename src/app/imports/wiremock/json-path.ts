/**
 * Jayway's JSONPath as RFC 9535. Only forms that find the same are taken; the others (`.length()`, `=~`, `in`, `..` in front of a
 * filter on an object) are refused by name.
 */

/** Thrown: RFC 9535 has no such form. */
export class JaywayOnly extends Error {}

export interface JsonPathText {
  readonly path: string
  /** It names one place, so that its result is a value; else a list. */
  readonly single: boolean
}

const functions = /\.(length|size|min|max|avg|stddev|sum|keys|concat|append|first|last|index)\(/
const operators = /(=~|===|!==|\s(?:in|nin|subsetof|anyof|noneof|size|empty|contains)\s)/i

/** Throws JaywayOnly. */
export const rfcJsonPath = (written: string): JsonPathText => {
  const source = written.trim()
  const rooted = source.startsWith('$')
    ? source
    : source.startsWith('@')
      ? `$${source.slice(1)}`
      : `$.${source}`
  const outside = withoutTexts(rooted)
  const call = functions.exec(outside)
  if (call !== null) throw new JaywayOnly(`the function ${call[1]}()`)
  const operator = operators.exec(outside)
  if (operator !== null) throw new JaywayOnly(`the operator ${operator[1]!.trim()}`)
  if (/\[\s*\(/.test(outside)) throw new JaywayOnly('a computed position [(…)]')
  if (/\[\?\s*@|\?\s*[^(\s]/.test(outside)) throw new JaywayOnly('a filter without brackets')
  if (/\[\?[^\]]*@\.?\]|\{/.test(outside)) throw new JaywayOnly('this filter')
  // `.[0]` is `[0]` there; both forms mean the same.
  const path = mapOutside(rooted, (text) => text.replace(/(?<!\.)\.\[/g, '['))
  const single = !/\.\.|\*|\?|\[[^\]'"]*[,:][^\]]*\]|\['[^']*'\s*,|\["[^"]*"\s*,/.test(
    withoutTexts(path, true),
  )
  return { path, single }
}

/** `$.a[?(…)]`: one filter behind a path to one place, and nothing behind it. */
const filtered = /^(\$(?:\.[\w-]+|\[\d+\]|\[(?:'[^'\\]*'|"[^"\\]*")\])*)\[\?\((.*)\)\]$/s

/**
 * A path that asks whether anything is there. Jayway's filter tests the items of a list, and an object itself, whose members RFC 9535
 * would test: so the condition is written for both.
 */
export const ofObjectsToo = (path: string): string => {
  const [, place, condition] = filtered.exec(path) ?? []
  if (place === undefined || condition === undefined || withoutTexts(condition).includes('[?')) return path
  const itself = mapOutside(condition, (text) => text.replaceAll('@', place))
  return `${place}[?((${place}[0] && (${condition})) || (!${place}[0] && (${itself})))]`
}

/** The reverse: Jayway tests both by itself, and looks at no `$` inside a filter. */
export const forJayway = (path: string): string => {
  const [, place, condition] = filtered.exec(path) ?? []
  const parts = condition?.split(`)) || (!${place}[0] && (`) ?? []
  const written = `${place}[?(${parts[0]?.slice(`(${place}[0] && (`.length)})]`
  return parts.length === 2 && ofObjectsToo(written) === path ? written : path
}

const quoted = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g

const withoutTexts = (source: string, keep = false): string =>
  source.replace(quoted, (text) => (keep ? `${text[0]}_${text[0]}` : '""'))

const mapOutside = (source: string, change: (text: string) => string): string => {
  let out = ''
  let from = 0
  for (const match of source.matchAll(quoted)) {
    out += change(source.slice(from, match.index)) + match[0]
    from = match.index + match[0].length
  }
  return out + change(source.slice(from))
}
