/** `hash()` of a page's expressions. */
export { hash } from '../../script/page/hashes.ts'
