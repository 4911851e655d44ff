/** The order in which every call passes the filters: outermost first. */
import { compose, type Filter, type Service } from '../core/filter.ts'
import type { ServiceEntry } from '../core/service-entry.ts'

export interface Filters {
  readonly tenant: Filter
  /** Only where somebody keeps calls. */
  readonly journal?: Filter
  readonly fault: Filter
  readonly contract: Filter
  readonly mock: Filter
  readonly record: Filter
}

/** Composed again whenever services change: a filter that none of them wants costs nothing. */
export const pipeline = (filters: Filters, exit: Service, services: readonly ServiceEntry[]): Service =>
  compose(
    [
      // Outermost: state, mocks and routes all depend on whose the call is.
      filters.tenant,
      // Keeps what came in, also what a fault strikes; inside tenant, because whose the call was is kept with it.
      filters.journal,
      // Faults of services and drills hit mocked and passed calls alike, and spare a broken wire the work behind it.
      filters.fault,
      // Holds calls and replies against their contract, mocks included; inside faults, so that a drill is no violation.
      filters.contract,
      // Answers what is mocked. Nothing outside it may depend on whether a reply was mocked.
      filters.mock,
      // Innermost: only what really came from upstream, as it came.
      filters.record,
    ].filter(
      (filter): filter is Filter => filter !== undefined && services.some((service) => filter.wants(service)),
    ),
    exit,
  )
