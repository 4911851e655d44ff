/**
 * Names of tenants. They travel in headers, in cache keys and in topic names, so they are few signs that mean nothing
 * in any of these.
 */

/** The baseline's lane: calls in it carry no tag, and its names are the shared environment's own. */
export const baselineId = 'default'

/** Mean something else where a tenant's name may stand: in `tenants:`, in lists, in flags. */
const reserved: ReadonlySet<string> = new Set([
  'all',
  'any',
  'baseline',
  'header',
  'none',
  'null',
  'shared',
  'store',
  'undefined',
])

export const tenantNameHint = 'use at most 63 letters, digits, - . and _, beginning with a letter or digit'

const shape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** What is wrong with a name, as `is …`; undefined: nothing. `default` is a name: the baseline's. */
export const tenantNameProblem = (name: string): string | undefined => {
  if (!shape.test(name)) return 'is no name for a tenant'
  const lower = name.toLowerCase()
  // `svcm-` marks what is a lane's on the shared side, where it must be found again without doubt.
  if (reserved.has(lower) || lower.includes('svcm')) return 'is a reserved name'
  // `<group>.svcm-<tenant>.claim` holds what a tenant has claimed of a Kafka topic.
  if (lower.endsWith('.claim')) return 'is a reserved name: claims end so'
  // Names differ by case, but not from this one: who writes Default means the baseline.
  if (lower === baselineId && name !== baselineId)
    return `is a reserved name: the baseline's is ${baselineId}`
  return undefined
}

export const isTenantName = (name: string): boolean => tenantNameProblem(name) === undefined
