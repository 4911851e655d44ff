/** Handlebars in WireMock's responses as expressions, where one says the same. */

/** Thrown: no expression says this. */
export class NoExpression extends Error {}

/** A text with `{{ … }}` as a text with `${{ … }}`. Throws NoExpression. */
export const expressionsOf = (text: string): string => {
  if (/\\\{\{|\{\{\{\{/.test(text)) throw new NoExpression('an escaped {{')
  let out = ''
  let from = 0
  for (const match of text.matchAll(/\{\{\{([\s\S]*?)\}\}\}|\{\{([\s\S]*?)\}\}/g)) {
    out += literalTemplate(text.slice(from, match.index))
    out += `\${{ ${expression((match[1] ?? match[2]!).trim())} }}`
    from = match.index + match[0].length
  }
  const rest = text.slice(from)
  if (rest.includes('{{')) throw new NoExpression('a {{ without its end')
  return out + literalTemplate(rest)
}

/** What is no expression here, though it looks like one. */
export const literalTemplate = (text: string): string => text.replaceAll('${{', () => '$${{')

const expression = (source: string): string => {
  const simple = plain(source)
  if (simple !== undefined) return simple
  const path = /^jsonPath\s+request\.body\s+(?:'([^']*)'|"([^"]*)")$/.exec(source)
  if (path !== null) return jsonPath(path[1] ?? path[2]!)
  const value = /^randomValue\s+type='UUID'$/.exec(source)
  if (value !== null) return 'uuid()'
  throw new NoExpression(`{{${source}}}`)
}

const name = String.raw`(?:\[([^\]]+)\]|([\w-]+))`

const plain = (source: string): string | undefined => {
  if (source === 'request.method') return 'request.method'
  if (source === 'request.path') return 'request.path'
  const segment = /^request\.(?:path|pathSegments)\.\[(\d+)\]$/.exec(source)
  if (segment !== null) return `request.path.split('/')[${Number(segment[1]) + 1}] ?? ''`
  const parameter = new RegExp(`^request\\.path\\.${name}$`).exec(source)
  if (parameter !== null) return `request.params${member(parameter[1] ?? parameter[2]!)} ?? ''`
  const one = new RegExp(`^request\\.(query|headers|cookies)\\.${name}(?:\\.\\[?(\\d+)\\]?)?$`).exec(source)
  if (one === null) return undefined
  const key = one[2] ?? one[3]!
  const section = one[1]!
  const read = `request.${section}${member(section === 'headers' ? key.toLowerCase() : key)}`
  // Several values of one name are a list here; there the first one stands for them.
  if (section === 'headers') {
    if (one[4] !== undefined && one[4] !== '0') throw new NoExpression(`{{${source}}}`)
    return `${read} ?? ''`
  }
  return `[${read} ?? ''].flat()[${one[4] ?? 0}] ?? ''`
}

const member = (key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `['${key.replace(/['\\]/g, '\\$&')}']`

/** A path that names one place; what it finds is put in as text, a document as JSON. */
const jsonPath = (path: string): string => {
  if (!/^\$(?:\.[A-Za-z_][\w-]*|\['[^']*'\]|\[\d+\])+$/.test(path))
    throw new NoExpression(`{{jsonPath request.body '${path}'}}`)
  return `jsonpath(request.body, ${JSON.stringify(path)})[0] ?? ''`
}
