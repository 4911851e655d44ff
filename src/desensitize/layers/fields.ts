/** Documents that a protocol has decoded: masked by the names of their fields, numbers kept numbers, texts texts. */
import { applyEdits, type Where } from '../edits.ts'
import type { Field, Run } from '../run.ts'
import { bytesChange } from './bytes.ts'
import { isValueLike } from './json.ts'

/** Gives the changed document; thunks, because fakes are worked out when the whole exchange is known. */
export const fieldsChange = (
  value: unknown,
  field: Field,
  where: Where,
  run: Run,
  sensitive: (path: string) => boolean,
): (() => unknown) | undefined => {
  if (field.depth > depthAtMost) {
    run.undecodable(where, 0, `more than ${depthAtMost} levels of fields`)
    return undefined
  }
  if (typeof value === 'string') return textChange(value, field, where, run)
  if (typeof value === 'number' || typeof value === 'bigint') return numberChange(value, field, where, run)
  if (value instanceof Uint8Array) {
    const change = bytesChange(value, field, where, run)
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
    const own = run.names.of(name, field.name)
    const secret = run.names.of('password')
    const meaning = sensitive(place.path())
      ? secret
      : own.detectors.length === 0 && field.meaning.secret
        ? field.meaning
        : own
    const change = fieldsChange(
      inner,
      { name, meaning, kind: 'text', depth: field.depth + 1 },
      place,
      run,
      sensitive,
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
    const changed = applyEdits(text, edits).replace(/^(-?)0(?=\d)/, '$11')
    return typeof value === 'bigint' ? BigInt(changed) : Number(changed)
  }
}
