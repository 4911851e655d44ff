/**
 * The generated table's text -> fields. A field is written `name@versions?nullable#tag@tagged=default:type`, everything between the name
 * and the type only where it isn't plain; without `@versions` it has those of the struct around it. Types: b bool, 1 2 4 8 int8 to int64,
 * u uint16, f float64, s string, i uuid, y bytes, r records, `{ … }` a struct, `[]` before it an array of them.
 */

/** First and last version; last below first: none. */
export type Versions = readonly [number, number]

export type Type = 'b' | '1' | '2' | '4' | '8' | 'u' | 'f' | 's' | 'i' | 'y' | 'r' | '{'

export interface Field {
  readonly name: string
  readonly type: Type
  readonly array: boolean
  readonly versions: Versions
  readonly nullable: Versions
  readonly tagged: Versions
  /** -1: never tagged. */
  readonly tag: number
  /** As text; '' the type's own zero. */
  readonly byDefault: string
  /** Of a struct. */
  readonly fields: readonly Field[]
}

export interface Definition {
  readonly key: number
  readonly name: string
  readonly versions: Versions
  /** First flexible version, Infinity for none. */
  readonly flexible: number
  readonly request: string
  readonly response: string
}

export const isIn = (version: number, [first, last]: Versions): boolean => version >= first && version <= last

/** Not the fields: they are parsed when a message of the API comes (`parseFields`). */
export const parseDefinitions = (text: string): Definition[] => {
  const lines = text.trim().split('\n')
  const definitions: Definition[] = []
  for (let i = 0; i < lines.length; i += 3) {
    const [key, name, versions, flexible] = lines[i]!.split(' ')
    definitions.push({
      key: Number(key),
      name: name!,
      versions: versionsOf(versions!),
      flexible: flexible === '-' ? Number.POSITIVE_INFINITY : Number(flexible),
      request: lines[i + 1]!.slice(2),
      response: lines[i + 2]!.slice(2),
    })
  }
  return definitions
}

const none: Versions = [0, -1]

const versionsOf = (text: string): Versions => {
  const [first, last] = text.split('-')
  if (first!.endsWith('+')) return [Number.parseInt(first!, 10), Number.POSITIVE_INFINITY]
  return [Number(first), Number(last ?? first)]
}

const token =
  /^(\w+)(?:@([\d+-]+))?(?:\?([\d+-]+))?(?:#(\d+)@([\d+-]+))?(?:=([^:]*))?:(\[\])?([b1248ufsiyr{])$/

export const parseFields = (text: string, versions: Versions): readonly Field[] => {
  const tokens = text.split(' ')
  let at = 0
  const struct = (around: Versions): Field[] => {
    const fields: Field[] = []
    while (at < tokens.length && tokens[at] !== '}') {
      const match = token.exec(tokens[at]!)
      at++
      // An empty struct's text is one empty token.
      if (match === null) continue
      const own = match[2] === undefined ? around : versionsOf(match[2])
      const type = match[8] as Type
      fields.push({
        name: match[1]!,
        type,
        array: match[7] !== undefined,
        versions: own,
        nullable: match[3] === undefined ? none : versionsOf(match[3]),
        tagged: match[5] === undefined ? none : versionsOf(match[5]),
        tag: Number(match[4] ?? -1),
        byDefault: match[6] ?? '',
        fields: type === '{' ? struct(own) : [],
      })
    }
    at++
    return fields
  }
  return struct(versions)
}
