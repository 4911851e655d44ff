/** JSON Schema, for matchers of a page. */
export { Ajv2020 } from 'ajv/dist/2020.js'
