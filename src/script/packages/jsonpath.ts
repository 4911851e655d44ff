/** `tools.jsonpath`, bundled for the inside of an isolate. */
export { jsonpath } from 'json-p3'
