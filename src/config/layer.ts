/**
 * One source of settings: a file, an environment variable or a flag. Layers lie on each other, the last one wins;
 * each can say where a setting of it stands.
 */
import { codeFrame } from '../yaml/code-frame.ts'
import type { Place } from '../yaml/document.ts'
import type { Path } from '../yaml/tree.ts'
import type { ConfigFile } from './schema.ts'

export interface Layer {
  /** As shown to people. */
  readonly name: string
  /** What relative paths in it are relative to. */
  readonly folder: string
  readonly value: ConfigFile
  locate(path: Path, onKey?: boolean): Place
}

/** A setting that comes from no file: `name` is the variable or flag, `written` what stands there. */
export const namedLayer = (name: string, written: string, folder: string, value: ConfigFile): Layer => ({
  name,
  folder,
  value,
  locate: () => ({
    at: { file: name, line: 1, column: 1 },
    frame: codeFrame(`${name}${name.startsWith('--') ? ' ' : '='}${written}`, 1, name.length + 2),
  }),
})

/** The value at `path`; undefined when there is none. */
export const valueAt = (value: unknown, path: Path): unknown => {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined
    inner = (inner as Record<string | number, unknown>)[step]
  }
  return inner
}

/** The layer whose setting at `path` is in force. */
export const originOf = (layers: readonly Layer[], path: Path): Layer | undefined =>
  layers.findLast((layer) => valueAt(layer.value, path) !== undefined)

/** Maps are merged key by key, anything else is replaced. Guards have their own rule. */
export const mergeLayers = (layers: readonly Layer[]): ConfigFile => {
  const merged = layers.reduce<unknown>((below, layer) => merge(below, layer.value), {}) as ConfigFile
  const guard = mergeGuards(layers)
  return guard === undefined ? merged : { ...merged, guard }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const merge = (below: unknown, above: unknown): unknown => {
  if (above === undefined || (above === null && isMap(below))) return below
  if (!isMap(below) || !isMap(above)) return above
  const result: Record<string, unknown> = Object.create(null)
  for (const key of new Set([...Object.keys(below), ...Object.keys(above)])) {
    result[key] = merge(own(below, key), own(above, key))
  }
  return result
}

const own = (map: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(map, key) ? map[key] : undefined

/** A list that a layer below has locked can only grow. */
const mergeGuards = (layers: readonly Layer[]): ConfigFile['guard'] => {
  let production: readonly string[] | undefined
  let locked = false
  for (const { value } of layers) {
    const added = value.guard?.production
    if (added !== undefined) production = locked ? [...new Set([...(production ?? []), ...added])] : added
    locked ||= value.guard?.locked === true
  }
  return production === undefined ? undefined : { production: [...production], locked }
}
