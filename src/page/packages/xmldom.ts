/** XML, for matchers of a page: the same parser everywhere, since browsers' own differ in what they forgive. */
export { DOMParser } from '@xmldom/xmldom'
