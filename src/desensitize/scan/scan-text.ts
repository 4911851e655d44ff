/** One file, by its kind: mock files and other YAML scalar by scalar, JSON, XML and text as bodies are, the rest by its bytes. */
import { isUtf8 } from 'node:buffer'
import { eachScalar, type ScalarPlace } from '../../yaml/scalars.ts'
import { type Where, whole } from '../edits.ts'
import { isValueName } from '../field-names.ts'
import { bodyChange, textEdits } from '../layers/body.ts'
import { headerEdits } from '../layers/headers.ts'
import type { Field, Run } from '../run.ts'
import type { Look, Looked, Sighting } from './look.ts'

export interface FileKind {
  /** Lower case, with its dot. */
  readonly extension: string
  /** A mock file, in JSON perhaps: headers and operators mean what they do there. */
  readonly mock: boolean
}

/** Offsets are those of the decoded text; 0 for files that are no text. */
export const scanFile = (bytes: Uint8Array, { extension, mock }: FileKind, look: Look): Looked => {
  const looked: Looked = { sightings: [], blind: [] }
  const run = look.run(looked)
  const root: Field = { name: '', meaning: run.names.of(''), kind: 'text', depth: 0 }
  const text = isUtf8(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    : undefined
  const body = whole('body')
  if (text === undefined || text.includes('\0')) bodyChange(bytes, '', root, body, run)
  else if (mock || extension === '.yaml' || extension === '.yml') {
    if (!scanYaml(text, run)) looked.blind.push({ path: '', offset: 0, reason: 'the file is no YAML' })
  } else if (textEdits(text, typeOf(extension), root, body, run) === undefined)
    looked.blind.push({ path: '', offset: 0, reason: `the file is no ${extension.slice(1).toUpperCase()}` })
  // One place is told once, even when two ways lead to it: `Bearer …` is a header's value and looks like a token.
  const byPlace = new Map<string, Sighting>()
  for (const sighting of looked.sightings) {
    const id = `${sighting.offset} ${sighting.path}`
    if (!byPlace.has(id)) byPlace.set(id, sighting)
  }
  return { sightings: [...byPlace.values()].sort((a, b) => a.offset - b.offset), blind: looked.blind }
}

const typeOf = (extension: string): string =>
  ({ '.json': 'application/json', '.ndjson': 'application/x-ndjson', '.xml': 'text/xml' })[extension] ??
  'text/plain'

const scanYaml = (text: string, run: Run): boolean => {
  const ok = eachScalar(text, (scalar) => scanScalar(scalar, run))
  if (!ok) return false
  for (const match of text.matchAll(/(?:^|\s)#(?!\s*yaml-language-server)([^\r\n]*)/g)) {
    const start = match.index + match[0].length - match[1]!.length
    run.leaf(match[1]!, nameless, { offset: (at) => start + at, path: () => 'a comment' })
  }
  return true
}

const nameless: Field = {
  name: '',
  meaning: { detectors: [], secret: false, harmless: true },
  kind: 'text',
  depth: 0,
}

/** Operators that hold a value, not a pattern or the name of a type. */
const valueOperators = new Set([
  '$equalTo',
  '$contains',
  '$oneOf',
  '$includes',
  '$hasExactly',
  '$equalToJson',
  '$equalToXml',
  '$and',
  '$or',
  '$not',
  '$form',
  '$masked',
  '$replace',
])

const scanScalar = (scalar: ScalarPlace, run: Run): void => {
  const steps = scalar.steps.map(({ name, list }) => (list ? `[${name}]` : `.${name}`))
  const path = (): string => hidden(steps.join('').replace(/^\./, ''))
  const where: Where = { offset: (at) => scalar.offset(at), path }
  if (scalar.key) {
    if (scalar.text.length >= 5) run.leaf(scalar.text, { ...nameless, kind: 'key' }, where)
    return
  }
  const names = scalar.steps.filter(({ list }) => !list).map(({ name }) => name)
  const operator = names.findLast((name) => name.startsWith('$'))
  const own = names.filter((name) => !name.startsWith('$') && !(operator !== undefined && isValueName(name)))
  const name = own.at(-1) ?? ''
  const parent = own.at(-2) ?? ''
  const text = withoutExpressions(scalar.text)
  if (operator !== undefined && !valueOperators.has(operator)) {
    run.leaf(text, nameless, where)
    return
  }
  if (/^(?:headers|trailers|metadata)$/.test(parent)) {
    headerEdits(name.toLowerCase(), text, where, run)
    return
  }
  if (parent === 'cookies') {
    headerEdits('cookie', `c=${text}`, { offset: (at) => scalar.offset(Math.max(0, at - 2)), path }, run)
    return
  }
  const kind = scalar.plain && /^-?\d+(?:\.\d+)?$/.test(text) ? 'number' : 'text'
  run.leaf(text, { name, meaning: run.names.of(name, parent), kind, depth: 0 }, where)
}

/** What `${{ }}` gives is known only when it runs; its place is kept. */
const withoutExpressions = (text: string): string =>
  text.includes('${{')
    ? text.replace(/\$\{\{[\s\S]*?\}\}/g, (expression) => ' '.repeat(expression.length))
    : text

/** A path is printed, and a key in it may be a telephone number. */
export const hidden = (path: string): string => path.replace(/[^./[\]]*(?:\d{5,}|@)[^./[\]]*/g, '…')
