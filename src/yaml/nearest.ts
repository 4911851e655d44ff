/** For keys of files; protocols need it for names of their own, so it stands in core. */
export { editDistance, nearest } from '../core/nearest.ts'
