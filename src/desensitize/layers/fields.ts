/** Documents that a protocol has decoded: masked by the names of their fields, numbers kept numbers, texts texts. */
import { applyEdits, type Where } from '../edits.ts'
import type { FieldMeaning } from '../field-names.ts'
import { editFor } from '../hit.ts'
import type { Field, Run } from '../run.ts'
import { bytesChange } from './bytes.ts'
import { isValueLike } from './json.ts'
import { wireMessageChange } from './protobuf.ts'

/** What a protocol's schema says of its fields, besides their names. */
export interface FieldSchema {
  /** Whatever stands there is a secret. `path` as `where` has it. */
  sensitive(path: string): boolean
  /** Other names of fields. */
  readonly aliases: Readonly<Record<string, string>>
}

/** Gives the changed document; thunks, because fakes are worked out when the whole exchange is known. */
export const fieldsChange = (
  value: unknown,
  field: Field,
  where: Where,
  run: Run,
  schema: FieldSchema,
): (() => unknown) | undefined => {
  if (field.depth > depthAtMost) {
    run.undecodable(where, 0, `more than ${depthAtMost} levels of fields`)
    return undefined
  }
  if (isLeaf(value) && schema.sensitive(where.path())) return secretChange(value, where, run)
  if (typeof value === 'string') return textChange(value, field, where, run)
  if (typeof value === 'number' || typeof value === 'bigint') return numberChange(value, field, where, run)
  if (value instanceof Uint8Array) {
    const action = run.rules.of(field.name, () => where.path())
    if (action?.do === 'keep') return undefined
    if (action?.do === 'drop') return () => new Uint8Array(0)
    const change = wireMessageChange(value, field, where, run) ?? bytesChange(value, field, where, run)
    if (change === undefined && value.length >= 5) run.undecodable(where, 0, 'bytes of no known form')
    return change?.bytes
  }
  if (typeof value !== 'object' || value === null) return undefined
  const entries: [string | number, (() => unknown) | undefined, (() => string) | undefined][] = []
  const list = Array.isArray(value)
  for (const [key, inner] of list ? value.entries() : Object.entries(value)) {
    const label = list ? `[${key}]` : `.${key}`
    const place: Where = { offset: where.offset, path: () => where.path() + label }
    const name = list ? field.name : String(key)
    const own = meaningOf(name, schema.aliases, field.name, run)
    const meaning = own.detectors.length === 0 && field.meaning.secret ? field.meaning : own
    const change = fieldsChange(
      inner,
      { name, meaning, kind: 'text', depth: field.depth + 1 },
      place,
      run,
      schema,
    )
    entries.push([key, change, list ? undefined : keyChange(String(key), place, run)])
  }
  if (entries.every(([, change, key]) => change === undefined && key === undefined)) return undefined
  return () => {
    if (list) return entries.map(([at, change]) => (change === undefined ? value[at as number] : change()))
    const source = value as Record<string, unknown>
    return Object.fromEntries(
      entries.map(([key, change, newKey]) => [
        newKey?.() ?? key,
        change === undefined ? source[key] : change(),
      ]),
    )
  }
}

const depthAtMost = 200

const isLeaf = (value: unknown): value is string | number | bigint =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'

const meaningOf = (name: string, aliases: FieldSchema['aliases'], parent: string, run: Run): FieldMeaning => {
  const own = run.names.of(name, parent)
  if (own.detectors.length > 0 || own.secret || !Object.hasOwn(aliases, name)) return own
  const other = run.names.of(aliases[name]!, parent)
  return other.detectors.length > 0 || other.secret ? other : own
}

/** Whatever it looks like, and whatever a policy says; of a number its digits. */
const secretChange = (
  value: string | number | bigint,
  where: Where,
  run: Run,
): (() => unknown) | undefined => {
  const text = String(value)
  const surface = typeof value === 'string' ? text : digitsOf(text)
  if (surface === '') return undefined
  const detector = run.names.of('password').detectors[0]!
  const hit = { detector, rule: 'position' as const, start: 0, end: text.length, surface, text: surface }
  const edit = editFor(run, where, hit)
  if (edit === undefined) return undefined
  const sign = text.startsWith('-') ? '-' : ''
  return typeof value === 'string' ? edit.text : () => numberOf(sign + edit.text(), value)
}

/** Of an amount no more than a double keeps. */
const digitsOf = (text: string): string =>
  /^-?\d+$/.test(text) ? text.replace('-', '') : text.replace(/\D/g, '').slice(0, 15)

/** What `before` was, or a bigint where a double does not keep all digits. */
const numberOf = (text: string, before: number | bigint): number | bigint => {
  if (!/^-?\d+$/.test(text)) return Number(text)
  return typeof before === 'number' && Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
}

const textChange = (value: string, field: Field, where: Where, run: Run): (() => string) | undefined => {
  const edits = run.leaf(value, { ...field, depth: 0 }, where)
  return edits.length === 0 ? undefined : () => applyEdits(value, edits)
}

/** Maps by telephone number have identities for keys. */
const keyChange = (key: string, where: Where, run: Run): (() => string) | undefined =>
  !isValueLike(key)
    ? undefined
    : textChange(
        key,
        { name: '', meaning: { detectors: [], secret: false, harmless: true }, kind: 'key', depth: 0 },
        where,
        run,
      )

const numberChange = (
  value: number | bigint,
  field: Field,
  where: Where,
  run: Run,
): (() => unknown) | undefined => {
  const text = String(value)
  const edits = run.leaf(text, { ...field, kind: 'number', depth: 0 }, where)
  if (edits.length === 0) return undefined
  return () => {
    const fake = applyEdits(text, edits)
    // Identity numbers and credit codes may have letters, which a number cannot keep.
    const digits = /^-?\d+$/.test(text) ? fake.replace(/[^\d-]/g, '0') : fake
    const changed = digits.replace(/^(-?)0(?=\d)/, '$11')
    return numberOf(changed, value)
  }
}
