/** The order in which every call passes the filters: outermost first. */
import { compose, type Filter, type Service } from '../core/filter.ts'

export interface Filters {
  readonly mock: Filter
}

export const pipeline = (filters: Filters, exit: Service): Service =>
  compose(
    [
      // Answers what is mocked. Nothing outside it may depend on whether a reply was mocked.
      filters.mock,
    ],
    exit,
  )
