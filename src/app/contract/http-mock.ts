/** A mock of a file in the form in which contracts look at it. */

import type { HttpMock, MockReply } from '../../contract/formats/openapi/check-mock.ts'
import { isFields } from '../../core/fields.ts'
import type { MockFile } from '../../mock/definition.ts'

/** `i`: its position among the mocks of the file. */
export const httpMock = (file: MockFile, i: number, replies: readonly MockReply[]): HttpMock => {
  const mock = file.mocks[i]!
  return {
    name: mock.name,
    service: file.service,
    version: file.version,
    at: mock.at,
    request: isFields(mock.request) ? mock.request : {},
    replies,
    locate: (path) => file.locate(['mocks', i, ...typed(mock, path)]).at,
  }
}

export const operationOf = (request: unknown): string => {
  const { method, path } = isFields(request) ? request : ({} as Readonly<Record<string, unknown>>)
  return [method ?? (path === undefined ? 'anything' : 'ANY'), ...(path === undefined ? [] : [path])].join(
    ' ',
  )
}

/** Steps that came as text lead into lists by number. */
const typed = (root: unknown, path: readonly (string | number)[]): readonly (string | number)[] => {
  let value = root
  return path.map((step) => {
    const at = Array.isArray(value) ? Number(step) : step
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[String(at)]
        : undefined
    return at
  })
}
