/** What of `request` a script can look at, read off its text. */
import { expect, it } from 'vitest'
import { requestFields } from '../../src/script/request-fields.ts'

it.each([
  ['export default (request) => ({ body: request.params.id })', ['params']],
  ['export default async function f(r, tools) { return r?.body + r . query }', ['body', 'query']],
  ['export default request => request.method', ['method']],
  ['export default ({ body, params: p }, { log }) => body', ['body', 'params']],
  ['export default () => ({})', []],
  ['export default function () { return {} }', []],
])('%s', (source, fields) => expect([...requestFields(source)!]).toEqual(fields))

it.each([
  'export default (request) => ({ body: request })',
  'export default (request) => ({ ...request })',
  'export default (request) => request[name]',
  'export default ({ body, ...rest }) => rest',
  'export default ({ [name]: x }) => x',
  'export default ({ body = 1 }) => body',
  'export default ({ body: { id } }) => id',
  'export default (request = {}) => request.body',
  'export default function () { return arguments[0] }',
  'export default (request) => eval("request")',
  'export default (request) => r\\u0065quest',
  'export default (...all) => all',
  'export default handler',
  "export { default } from './x.js'",
  "import f from './f.js'\nexport default (request) => f(request)",
  'export default (request, tools) => request/**/.body',
])('in doubt all: %s', (source) => expect(requestFields(source)).toBeUndefined())
