/** JSON Path, for matchers and `jsonpath()` of a page. */
export { jsonpath } from 'json-p3'
