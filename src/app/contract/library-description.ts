/**
 * One version of a mock library as a description of what it answers, so that two versions can be compared like two OpenAPI
 * files. Shapes are those of the answers: a field that all answers of an operation have is required.
 */

import { type SpecFile, SpecFiles } from '../../contract/formats/openapi/document.ts'
import { type Description, operationsOf } from '../../contract/formats/openapi/operations.ts'
import { Schemas } from '../../contract/formats/openapi/schemas.ts'
import { isFields } from '../../core/fields.ts'
import type { SourceLocation } from '../../core/source.ts'
import type { MockFile } from '../../mock/definition.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { dialects } from '../library-tools.ts'
import { repliesOf } from './replies.ts'

type Fields = Record<string, unknown>

interface Answers {
  readonly at: SourceLocation
  readonly bodies: Map<string, unknown[]>
  readonly types: Map<string, string>
}

export const describeLibrary = (files: readonly MockFile[], name: string): Description => {
  const answers = new Map<string, Answers>()
  for (const file of files) {
    const dialect = dialects.get(file.protocol)
    if (dialect === undefined || file.protocol !== 'http') continue
    const bodies = responseFiles(file, () => undefined)
    for (const mock of file.mocks) {
      const { method, path } = isFields(mock.request) ? mock.request : ({} as Readonly<Fields>)
      if (typeof method !== 'string' || typeof path !== 'string') continue
      const key = `${method} ${path}`
      const own = answers.get(key) ?? { at: mock.at, bodies: new Map(), types: new Map() }
      answers.set(key, own)
      for (const { status, body, headers, templated } of repliesOf(mock, dialect, bodies).replies) {
        const at = String(status ?? 'default')
        own.bodies.set(at, [...(own.bodies.get(at) ?? []), ...documentOf(body, templated)])
        const type =
          headers[headers.findIndex((one, i) => i % 2 === 0 && one.toLowerCase() === 'content-type') + 1]
        if (body !== undefined && type !== undefined) own.types.set(at, type)
      }
    }
  }
  return describe(answers, name)
}

const documentOf = (body: Uint8Array | undefined, templated: boolean): readonly unknown[] => {
  if (body === undefined || body.length === 0) return []
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return [templated ? withoutExpressions(value) : value]
  } catch {
    return []
  }
}

/** What only a call tells may have any type. */
const unknownValue = Symbol('unknown')

const withoutExpressions = (value: unknown): unknown => {
  if (typeof value === 'string') return value.includes('${{') ? unknownValue : value
  if (Array.isArray(value)) return value.map(withoutExpressions)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutExpressions(inner)]))
}

const describe = (answers: ReadonlyMap<string, Answers>, name: string): Description => {
  const paths: Record<string, Fields> = {}
  for (const [key, { bodies, types }] of answers) {
    const [method = '', path = ''] = key.split(/ (.*)/s)
    const responses = Object.fromEntries(
      [...bodies].map(([status, values]) => {
        const type = types.get(status)
        const media =
          type === undefined
            ? {}
            : { content: { [type]: values.length === 0 ? {} : { schema: shapeOf(values) } } }
        return [status, { description: '', ...media }]
      }),
    )
    const item: Fields = paths[path] ?? {}
    paths[path] = item
    const known = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'].includes(
      method.toLowerCase(),
    )
    if (known) item[method.toLowerCase()] = { responses }
    else
      item['additionalOperations'] = {
        ...(item['additionalOperations'] as Fields | undefined),
        [method]: { responses },
      }
  }
  const value = { openapi: '3.1.0', paths }
  const file: SpecFile = {
    id: name,
    display: name,
    value,
    locate: ([, path, method]) =>
      answers.get(`${String(method).toUpperCase()} ${String(path)}`)?.at ??
      [...answers.values()][0]?.at ?? { file: name, line: 1, column: 1 },
  }
  const files = new SpecFiles({ root: '/' })
  return {
    file,
    files,
    version: { schemas: '2020-12', version: name.split('@')[1], title: name },
    schemas: new Schemas(files, '2020-12'),
    operations: operationsOf({ file, pointer: [], value }, files),
    basePaths: [''],
    credentials: { query: new Set(), header: new Set() },
  }
}

const shapeOf = (values: readonly unknown[]): Fields => {
  if (values.includes(unknownValue)) return {}
  const types = [...new Set(values.map(typeOf))]
  const objects = values.filter(isFields)
  const lists = values.filter((one) => Array.isArray(one))
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))]
  const inside = lists.flat()
  return {
    type: types.includes('number') ? types.filter((one) => one !== 'integer') : types,
    ...(objects.length > 0 && {
      properties: Object.fromEntries(
        names.map((name) => [
          name,
          shapeOf(objects.flatMap((one) => (Object.hasOwn(one, name) ? [one[name]] : []))),
        ]),
      ),
      required: names.filter((name) => objects.every((one) => Object.hasOwn(one, name))),
    }),
    ...(inside.length > 0 && { items: shapeOf(inside) }),
  }
}

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
