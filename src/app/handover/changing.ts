/**
 * Values that differ from run to run although the same is tested: times of the call, ids drawn by lot. Each has one constant
 * that stands for it, so that running the same tests again writes the same file.
 */
import { type VolatileRules, volatileKind } from '../../core/volatile.ts'

export const constantUuid = '00000000-0000-4000-8000-000000000000'
const constantMs = Date.UTC(2026, 0, 1)

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const uuids = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi
const moments = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?/g

/** What stands for the value of a field; undefined: it stays. */
export const constantFor = (name: string, value: unknown, rules: VolatileRules): unknown => {
  if (typeof value === 'string' && uuid.test(value)) return constantUuid
  const kind = volatileKind(name, value, rules)
  if (kind === undefined) return undefined
  if (kind === 'timestamp') return timeLike(value)
  if (typeof value === 'number' || typeof value === 'bigint') return 1
  if (typeof value !== 'string') return undefined
  return /^\d+$/.test(value) ? '1' : 'volatile'
}

const timeLike = (value: unknown): unknown => {
  const text = String(value)
  if (!/^\d+(?:\.\d+)?$/.test(text)) return '2026-01-01T00:00:00Z'
  const ms = text.replace(/\..*/, '').length >= 13 ? constantMs : constantMs / 1000
  return typeof value === 'string' ? String(ms) : ms
}

/** The same inside a text of no known form. */
export const constantText = (text: string, rules: VolatileRules): string =>
  text
    .replace(uuids, constantUuid)
    .replace(moments, (time) => (volatileKind('', time, rules) === undefined ? time : '2026-01-01T00:00:00Z'))
