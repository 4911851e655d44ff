/** What differs between what a service answered once and what it answers now. */

export type Path = readonly (string | number)[]

export const changeKinds = ['added', 'removed', 'type', 'format', 'value', 'status', 'content-type'] as const
export type ChangeKind = (typeof changeKinds)[number]

export interface Change {
  readonly kind: ChangeKind
  /** Below the response: `['body', 'items', 0, 'sku']`; of what is gone in the old answer, of all else in the new one. */
  readonly path: Path
  /** Where it stands in the old answer, or would stand. */
  readonly was: Path
  /** undefined: there was nothing. */
  readonly before?: unknown
  /** undefined: there is nothing. */
  readonly after?: unknown
  /** The interface changed, and not only what the service knows: a field, a type, a status. */
  readonly shape: boolean
  /** In how many items of lists the same happened; absent: 1. */
  readonly times?: number
}

/** Whether a value belongs to the moment: it may be another one each time. `name`: of its field. */
export type IsVolatile = (name: string, before: unknown, after: unknown) => boolean
