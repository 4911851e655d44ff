/**
 * Writes src/protocols/kafka/messages/specifications.ts from the message specifications (Apache-2.0) that lie in the jar of
 * Kafka's own client as common/message/*.json: node scripts/kafka-messages.ts <folder of 4.x> <folder of 3.9>
 *
 * Two releases, because Kafka 4.0 removed old versions (KIP-896) that clients still speak. The newer one is right for the versions that
 * it knows; for the removed ones its fields are merged with those of the older one, and every layout of the result is compared with the
 * release that knows the version, so that a merge that isn't right can't be written.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Field {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly default?: string | number | boolean
  readonly fields?: readonly Field[]
}
interface Specification {
  readonly apiKey?: number
  readonly type: string
  readonly name: string
  readonly listeners?: readonly string[]
  readonly validVersions: string
  readonly flexibleVersions?: string
  readonly latestVersionUnstable?: boolean
  readonly fields: readonly Field[]
  readonly commonStructs?: readonly { name: string; fields: readonly Field[] }[]
}

/** First and last; last below first: none. */
type Range = readonly [number, number]
const none: Range = [0, -1]
const endless = 32_767

/** A field with everything resolved, for the versions of its release. */
interface Node {
  readonly name: string
  readonly array: boolean
  readonly type: string
  readonly versions: Range
  readonly nullable: Range
  readonly tagged: Range
  readonly tag: number
  readonly byDefault: string
  readonly fields: readonly Node[]
}

/** What brokers say to each other only, though every listener takes it. */
const betweenBrokers = new Set([27, 83, 84, 85, 86, 87])

/** ShareGroupHeartbeat, ShareGroupDescribe, ShareFetch, ShareAcknowledge: what 4.0 dropped of them was an early form that no client speaks. */
const removedForms = new Set([76, 77, 78, 79])

const codes: Readonly<Record<string, string>> = {
  bool: 'b',
  int8: '1',
  int16: '2',
  int32: '4',
  int64: '8',
  uint16: 'u',
  float64: 'f',
  string: 's',
  uuid: 'i',
  bytes: 'y',
  records: 'r',
}

const withoutComments = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_all, string: string | undefined) => string ?? '')

const load = (folder: string): Map<string, Specification> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => {
        const specification: Specification = JSON.parse(
          withoutComments(readFileSync(join(folder, file), 'utf8')),
        )
        return [`${specification.apiKey} ${specification.type}`, specification] as const
      }),
  )

const rangeOf = (text: string | undefined): Range => {
  if (text === undefined || text === 'none') return none
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text)
  if (match === null) throw new Error(`not a range of versions: ${text}`)
  const first = Number(match[1])
  return [first, match[2] === '+' ? endless : Number(match[3] ?? first)]
}

const isIn = (version: number, [first, last]: Range): boolean => version >= first && version <= last
const both = (a: Range, b: Range): Range => {
  const range: Range = [Math.max(a[0], b[0]), Math.min(a[1], b[1])]
  return range[0] > range[1] ? none : range
}
const either = (a: Range, b: Range): Range => {
  if (a[1] < a[0]) return b
  if (b[1] < b[0]) return a
  const [low, high] = a[0] <= b[0] ? [a, b] : [b, a]
  if (high[0] > low[1] + 1) throw new Error(`versions with a hole: ${low} and ${high}`)
  return [low[0], Math.max(low[1], high[1])]
}

const defaultOf = ({ type, default: value }: Field): string => {
  if (value === undefined) return ''
  const text = String(value)
  if (text === 'null' || text === '' || type === 'bool') return text === 'false' ? '' : text
  if (type === 'string') {
    if (!/^\w+$/.test(text)) throw new Error(`a default that needs quotes: ${text}`)
    return `"${text}`
  }
  const number = BigInt(text.startsWith('-0x') ? -BigInt(text.slice(1)) : text)
  return number === 0n ? '' : String(number)
}

const nodesOf = (fields: readonly Field[], specification: Specification, within: Range): Node[] =>
  fields.map((field) => {
    const array = field.type.startsWith('[]')
    const type = array ? field.type.slice(2) : field.type
    const versions = both(rangeOf(field.versions), within)
    const struct =
      field.fields ?? specification.commonStructs?.find(({ name }) => name === type)?.fields ?? []
    if (struct.length === 0 && codes[type] === undefined) throw new Error(`type ${type} isn't known`)
    return {
      name: field.name.charAt(0).toLowerCase() + field.name.slice(1),
      array,
      type: codes[type] ?? '{',
      versions,
      nullable: both(rangeOf(field.nullableVersions), versions),
      tagged: both(rangeOf(field.taggedVersions), versions),
      tag: field.tag ?? -1,
      byDefault: array && field.default !== 'null' ? '' : defaultOf(field),
      fields: nodesOf(struct, specification, within),
    }
  })

const clipped = (node: Node, range: Range): Node => ({
  ...node,
  versions: both(node.versions, range),
  nullable: both(node.nullable, range),
  tagged: both(node.tagged, range),
  fields: node.fields.map((field) => clipped(field, range)),
})

/** The newer fields in their order, older ones that it doesn't know behind the one that they followed. */
const merged = (newer: readonly Node[], older: readonly Node[]): Node[] => {
  const result = newer.map((node) => {
    const old = older.find(({ name }) => name === node.name)
    if (old === undefined) return node
    return {
      ...node,
      versions: either(node.versions, old.versions),
      nullable: either(node.nullable, old.nullable),
      tagged: either(node.tagged, old.tagged),
      fields: merged(node.fields, old.fields),
    }
  })
  older.forEach((node, i) => {
    if (result.some(({ name }) => name === node.name)) return
    const before = i === 0 ? -1 : result.findIndex(({ name }) => name === older[i - 1]!.name)
    result.splice(before + 1, 0, node)
  })
  return result
}

/** What a version looks like on the wire. */
const layout = (nodes: readonly Node[], version: number): unknown[] =>
  nodes
    .filter(({ versions }) => isIn(version, versions))
    .map(({ name, array, type, nullable, tagged, tag, fields }) => [
      name,
      array,
      type,
      isIn(version, nullable),
      isIn(version, tagged) ? tag : -1,
      layout(fields, version),
    ])

const mustBeSame = (name: string, version: number, ours: readonly Node[], theirs: readonly Node[]) => {
  const [a, b] = [ours, theirs].map((nodes) => JSON.stringify(layout(nodes, version)))
  if (a !== b) throw new Error(`${name} v${version} would be\n${a}\ninstead of\n${b}`)
}

const rangeText = ([first, last]: Range, end: number): string =>
  first === last ? String(first) : last >= end ? `${first}+` : `${first}-${last}`

/** name, `@versions` unless all, `?nullable versions`, `#tag@versions`, `=default`, `:type` */
const fieldText = (node: Node, within: Range, end: number): string => {
  const { name, versions, nullable, tagged, tag, byDefault, array, type, fields } = node
  const all = versions[0] <= within[0] && versions[1] >= within[1]
  const parts = [
    name,
    all ? '' : `@${rangeText(versions, end)}`,
    nullable[1] < nullable[0] ? '' : `?${rangeText(nullable, end)}`,
    tagged[1] < tagged[0] ? '' : `#${tag}@${rangeText(tagged, end)}`,
    byDefault === '' ? '' : `=${byDefault}`,
    ':',
    array ? '[]' : '',
    type === '{' ? `{ ${fieldsText(fields, versions, end)} }` : type,
  ]
  return parts.join('')
}

const fieldsText = (nodes: readonly Node[], within: Range, end: number): string =>
  nodes
    .filter(({ versions }) => versions[1] >= versions[0])
    .map((node) => fieldText(node, within, end))
    .join(' ')

const [newFolder, oldFolder] = process.argv.slice(2)
if (newFolder === undefined || oldFolder === undefined) {
  console.error('usage: node scripts/kafka-messages.ts <messages of Kafka 4.x> <messages of Kafka 3.9>')
  process.exit(2)
}
const newer = load(newFolder)
const older = load(oldFolder)

const lines: string[] = []
const requests = [...newer.values()]
  .filter(
    ({ type, listeners, apiKey }) =>
      type === 'request' && listeners?.includes('broker') && !betweenBrokers.has(apiKey!),
  )
  .sort((a, b) => a.apiKey! - b.apiKey!)
for (const request of requests) {
  const known = rangeOf(request.validVersions)
  const last = request.latestVersionUnstable === true ? known[1] - 1 : known[1]
  const oldRequest = older.get(`${request.apiKey} request`)
  const first = oldRequest === undefined ? known[0] : Math.min(known[0], rangeOf(oldRequest.validVersions)[0])
  // A key that was given to another message, or versions of an early form that was never stable.
  const removed: Range = oldRequest?.name === request.name ? [first, known[0] - 1] : none
  const usable = removed[1] >= removed[0] && !removedForms.has(request.apiKey!) ? removed : none
  const range: Range = [usable === none ? known[0] : first, last]
  const flexible = rangeOf(request.flexibleVersions)
  const texts = [request, newer.get(`${request.apiKey} response`)!].map((specification) => {
    const fresh = nodesOf(specification.fields, specification, known)
    const old = older.get(`${specification.apiKey} ${specification.type}`)
    const oldNodes =
      usable === none || old === undefined ? [] : nodesOf(old.fields, old, rangeOf(old.validVersions))
    const nodes = merged(
      fresh,
      oldNodes.map((node) => clipped(node, usable)),
    )
    for (let version = range[0]; version <= last; version++) {
      mustBeSame(specification.name, version, nodes, version < known[0] ? oldNodes : fresh)
    }
    return fieldsText(
      nodes.map((node) => clipped(node, range)),
      range,
      last,
    )
  })
  const name = request.name.replace(/Request$/, '')
  const from = flexible[1] < flexible[0] ? '-' : flexible[0]
  lines.push(`${request.apiKey} ${name} ${range[0]}-${range[1]} ${from}`, `> ${texts[0]}`, `< ${texts[1]}`)
}

const head = `/**
 * Generated by scripts/kafka-messages.ts from the message specifications of Apache Kafka 4.2.0, and of 3.9.1 for the versions that 4.0 removed
 * (https://github.com/apache/kafka/tree/trunk/clients/src/main/resources/common/message; LICENSE.kafka.txt). Three lines for an API: key, name, versions,
 * first flexible version; its request; its response. messages/parse.ts reads it.
 */
export const specifications = \`
`
const file = join(import.meta.dirname, '../src/protocols/kafka/messages/specifications.ts')
const text = `${head}${lines.join('\n')}\n\`\n`
writeFileSync(file, text)
console.log(`${requests.length} APIs, ${text.length} bytes`)
