/** What a tenant's lane does to records, on their bytes. */
export { type AbortedTransaction, abortedLeft } from './aborted.ts'
export { claimed } from './claimed.ts'
export { type Filtered, filterRecords, type Wanted } from './filter.ts'
export { type SkipStyle, skipStyleOf } from './skip.ts'
export { type Tagged, tagRecords } from './tag.ts'
export { tagHeader, Who, type WhoSettings } from './who.ts'
