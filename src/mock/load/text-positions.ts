/**
 * Where a mock file means text although YAML may read a number: query, headers, cookies, path, form fields, headers
 * and names of parts. Operators that compare numbers or documents take what stands under them as it is.
 */
import type { Path } from '../../yaml/tree.ts'

const textSections: ReadonlySet<string> = new Set([
  'path',
  'url',
  'urlPath',
  'params',
  'query',
  'headers',
  'cookies',
  'metadata',
  'trailers',
  'method',
  'command',
  'args',
  'topic',
  'key',
  'bodyFile',
  'bodyBase64',
])

/** Of a part's rules, where they are told apart by these keys; its body has types. */
const partTexts: ReadonlySet<string> = new Set(['headers', 'filename'])

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
  '$byContentType',
  '$ignoreNamespaces',
])

/** Operators that compare text, wherever they stand. */
const textOperators: ReadonlySet<string> = new Set([
  '$contains',
  '$doesNotContain',
  '$matches',
  '$doesNotMatch',
  '$form',
  '$binaryEqualTo',
])

export const isTextPosition = (path: Path): boolean => {
  if (path.length === 1) return path[0] === 'version' || path[0] === 'service'
  if (path[0] === 'examples') return isExampleText(path.slice(2))
  // Strings, but for numbers that are meant.
  if (path[0] === 'preset') return path[2] !== 'json' && path[2] !== 'db' && path[2] !== 'zset'
  if (path[0] !== 'mocks') return false
  if (path[2] === 'examples') return isExampleText(path.slice(4))
  if (path[2] === 'name') return true
  if (path[2] === 'upstream') return isUpstreamText(path.slice(3))
  // A list of responses has one step more, and a list of messages in them two.
  const first = path[2] === 'responses' ? 4 : 3
  const start = typeof path[first + 1] === 'number' && path[first] === 'send' ? first + 2 : first
  const section = path[start]
  if (path[2] !== 'request' && path[2] !== 'response' && path[2] !== 'responses') return false
  if (section === 'multipart' && partTexts.has(String(path[5]))) return true
  const below = path.slice(start + 1)
  if (below.some((step) => typedOperators.has(String(step)))) return false
  if (textSections.has(String(section))) return true
  return path[2] === 'request' && below.some((step) => textOperators.has(String(step)))
}

/** Below `upstream`: header values, JSON Pointers, and what `$replace` looks for and writes. */
const isUpstreamText = ([part, section, ...below]: Path): boolean => {
  if (part === 'onUpstreamError') return textSections.has(String(section))
  if (part !== 'patch') return false
  if (section === 'headers' || section === 'metadata' || section === 'trailers') return true
  if (section !== 'body' && section !== 'message') return false
  if (below[0] === '$replace') return below.at(-1) !== 'optional'
  return below.length === 2 && typeof below[0] === 'number' && (below[1] === 'path' || below[1] === 'from')
}

/** Below an example, or below one of its steps. */
const isExampleText = ([part, section, ...below]: Path): boolean => {
  if (part === 'steps') return isExampleText(below)
  if (part !== 'request' && part !== 'upstream' && part !== 'expect') return part === 'now' || part === 'name'
  if (below.some((step) => typedOperators.has(String(step)))) return false
  if (textSections.has(String(section)) || exampleTexts.has(String(section))) return true
  return part === 'expect' && below.some((step) => textOperators.has(String(step)))
}

const exampleTexts: ReadonlySet<string> = new Set(['url', 'form', 'version', 'tenant'])
