/** Media types (RFC 9110 section 8.3.1), and which kind of body they stand for. */

export interface MediaType {
  readonly type: string
  /** Without the suffix: `hal` of `hal+json`. */
  readonly subtype: string
  readonly suffix: string | undefined
  /** Names and values in lower case, but for a boundary, which has case. */
  readonly parameters: ReadonlyMap<string, string>
}

/** undefined for what is no media type. */
export const parseMediaType = (text: string): MediaType | undefined => {
  const [essence = '', ...rest] = text.split(';')
  const match = /^\s*([\w!#$&^.+-]+|\*)\/([\w!#$&^.-]+|\*)(?:\+([\w.-]+))?\s*$/.exec(essence.toLowerCase())
  if (match === null) return undefined
  const parameters = new Map<string, string>()
  for (const one of rest) {
    const equals = one.indexOf('=')
    if (equals < 0) continue
    const value = one
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    const name = one.slice(0, equals).trim().toLowerCase()
    parameters.set(name, name === 'boundary' ? value : value.toLowerCase())
  }
  return { type: match[1]!, subtype: match[2]!, suffix: match[3], parameters }
}

export const formatMediaType = ({ type, subtype, suffix, parameters }: MediaType): string =>
  [
    `${type}/${subtype}${suffix === undefined ? '' : `+${suffix}`}`,
    ...[...parameters].map(([name, value]) => `${name}=${value}`),
  ].join(';')

export type BodyKind = 'json' | 'xml' | 'form' | 'multipart' | 'binary' | 'text'

export const bodyKindOf = ({ type, subtype, suffix }: MediaType): BodyKind => {
  if (type === 'multipart') return 'multipart'
  if (type === 'application') {
    if (subtype.startsWith('json') || suffix === 'json' || subtype === 'graphql') return 'json'
    if (subtype === 'x-www-form-urlencoded') return 'form'
  }
  if ((type === 'application' || type === 'text') && (subtype === 'xml' || suffix === 'xml')) return 'xml'
  // Unknown applications may be anything; text that they hold is compared byte by byte as well.
  return type === 'text' ? 'text' : 'binary'
}

const essence = ({ type, subtype, suffix }: MediaType): string =>
  formatMediaType({ type, subtype, suffix, parameters: new Map() })

/** `hal+json` is json, too. */
const base = ({ type, subtype, suffix }: MediaType): string => `${type}/${suffix ?? subtype}`

/** Each message has a boundary of its own. */
const meaningful = (parameters: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...parameters].filter(([name]) => name !== 'boundary')

/** Parameters count if any are expected. text/xml and application/xml are the same (RFC 7303 section 9.2). */
export const fitsMediaType = (expected: MediaType, actual: MediaType): boolean => {
  const wanted = meaningful(expected.parameters)
  if (wanted.length > 0) {
    const got = meaningful(actual.parameters)
    return (
      sameEssence(expected, actual) &&
      wanted.length === got.length &&
      wanted.every(([name, value]) => actual.parameters.get(name) === value)
    )
  }
  return sameEssence(expected, actual) || essence(expected) === base(actual)
}

const sameEssence = (a: MediaType, b: MediaType): boolean => {
  const plainXml = ({ subtype, suffix }: MediaType): boolean => subtype === 'xml' && suffix === undefined
  return essence(a) === essence(b) || (plainXml(a) && plainXml(b))
}
