/** The word somebody probably meant, for commands and flags as for keys of files. */
export { nearest } from '../yaml/nearest.ts'
