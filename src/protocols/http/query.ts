/** Names and values of queries and cookies, in wire order, several values under one name kept. */

export type Values = ReadonlyMap<string, readonly string[]>

const none: Values = new Map()

/** `search` begins with `?` or is ''. Decoded as browsers do (WHATWG URL, application/x-www-form-urlencoded). */
export const parseQuery = (search: string): Values => {
  if (search.length < 2) return none
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(search)) add(values, name, value)
  return values
}

/** The value of one or more Cookie headers (RFC 6265 section 5.4); surrounding quotes belong to the value. */
export const parseCookies = (headers: readonly string[]): Values => {
  if (headers.length === 0) return none
  const values = new Map<string, string[]>()
  for (const pair of headers.join(';').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0) add(values, pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
  }
  return values
}

const add = (values: Map<string, string[]>, name: string, value: string): void => {
  const list = values.get(name)
  if (list === undefined) values.set(name, [value])
  else list.push(value)
}
