/**
 * Where a mock file means text although YAML may read a number: query, headers, cookies, path, form fields. Operators
 * that compare numbers or documents take what stands under them as it is.
 */
import type { Path } from '../../yaml/tree.ts'

const textSections: ReadonlySet<string> = new Set([
  'path',
  'params',
  'query',
  'headers',
  'cookies',
  'metadata',
  'trailers',
  'method',
  'bodyFile',
  'bodyBase64',
])

const typedOperators: ReadonlySet<string> = new Set([
  '$equalToNumber',
  '$greaterThan',
  '$greaterThanOrEqual',
  '$lessThan',
  '$lessThanOrEqual',
  '$equalToJson',
  '$matchesJsonPath',
  '$matchesJsonSchema',
  '$absent',
  '$anything',
  '$ignoreArrayOrder',
  '$ignoreExtraElements',
])

/** Operators that compare text, wherever they stand. */
const textOperators: ReadonlySet<string> = new Set([
  '$contains',
  '$doesNotContain',
  '$matches',
  '$doesNotMatch',
  '$form',
])

export const isTextPosition = (path: Path): boolean => {
  if (path.length === 1) return path[0] === 'version' || path[0] === 'service'
  if (path[0] !== 'mocks') return false
  if (path[2] === 'name') return true
  const section = path[3]
  if (path[2] !== 'request' && path[2] !== 'response') return false
  const below = path.slice(4)
  if (below.some((step) => typedOperators.has(String(step)))) return false
  if (textSections.has(String(section))) return true
  return path[2] === 'request' && below.some((step) => textOperators.has(String(step)))
}
