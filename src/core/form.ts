/** `application/x-www-form-urlencoded` (WHATWG URL section 5): names with their values in order. */

export const parseForm = (text: string): ReadonlyMap<string, readonly string[]> => {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return fields
}
