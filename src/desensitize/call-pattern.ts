/** Which calls lines of desensitize.yaml are for: a service, a method, a path or an RPC method, each of which may be left out. */

export interface CallPattern {
  readonly text: string
  fits(service: string, operation: string): boolean
}

/** Of RFC 9110 and 5789, and of WebDAV; a service may be called by any other word. */
const methods: ReadonlySet<string> = new Set(
  'GET HEAD POST PUT PATCH DELETE OPTIONS TRACE QUERY PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH'.split(
    ' ',
  ),
)

/** `orders`, `orders GET /orders/{id}`, `POST /files/{rest*}`, `acme.Inventory/Get`. A text says what is wrong with it. */
export const parseCallPattern = (text: string): CallPattern | string => {
  let service: string | undefined
  let method: string | undefined
  let place: RegExp | undefined
  for (const word of text.trim().split(/\s+/)) {
    if (word === '') return 'it names no calls'
    if (word.includes('/')) {
      if (place !== undefined) return 'it names two paths'
      place = placeTest(word)
    } else if (methods.has(word)) {
      if (method !== undefined) return 'it names two methods'
      method = word
    } else {
      if (service !== undefined) return 'it names two services'
      service = word
    }
  }
  return {
    text,
    fits: (ofService, operation) => {
      if (service !== undefined && service !== ofService) return false
      const blank = operation.indexOf(' ')
      if (method !== undefined && method !== operation.slice(0, Math.max(0, blank))) return false
      return place === undefined || place.test(operation.slice(blank + 1).split('?', 1)[0]!)
    },
  }
}

/** Compared as sent: `%2F` never separates segments. */
const placeTest = (pattern: string): RegExp => {
  const source = pattern.replace(/\{[^{}/]*\*\}|\{[^{}/]*\}|[\\^$.*+?()[\]{}|]/g, (part) =>
    part.length < 2 ? `\\${part}` : part.endsWith('*}') ? '.*' : '[^/]+',
  )
  return new RegExp(`^${source}$`)
}
