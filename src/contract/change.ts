/** What differs between two versions of a contract, seen from those who call: the one form in which all formats tell it. */
import type { SourceLocation } from '../core/source.ts'
import type { Violation } from './violation.ts'

export interface Change {
  /** `breaking`: a consumer that was right may fail now. `added`: none does. */
  readonly kind: 'breaking' | 'added'
  readonly rule: string
  /** `GET /orders/{id}`, `acme.Inventory/Get`, `acme.Item`. */
  readonly operation: string
  /** `response.200.body.items[].sku`; empty: the operation itself. */
  readonly path: string
  readonly message: string
  readonly expected?: string | undefined
  readonly actual?: string | undefined
  /** In the new version; where it is gone, in the old one. */
  readonly at: SourceLocation
  /** In the old version. */
  readonly before?: SourceLocation | undefined
}

/** `since`: the new version. */
export const violationOfChange = (
  { kind, before, ...change }: Change,
  service: string,
  since: string | undefined,
): Violation => ({
  severity: kind === 'breaking' ? 'violation' : 'note',
  service,
  ...change,
  ...(before !== undefined && { contract: before }),
  ...(since !== undefined && { since }),
})
