/** All routes that are served; the first whose path fits is asked. */
import type { AdminRoute } from '../answer.ts'
import { mappings } from './mappings.ts'
import { nearMisses } from './near-misses.ts'
import { requests } from './requests.ts'
import { scenarios } from './scenarios.ts'
import { whole } from './whole.ts'

export const routes: readonly AdminRoute[] = [
  ...mappings,
  // Before /requests/{id}: its path begins alike.
  ...nearMisses,
  ...requests,
  ...scenarios,
  ...whole,
]
