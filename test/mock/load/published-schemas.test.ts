import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { publishedSchemas } from '../../../src/mock/load/published-schemas.ts'
import { dialects } from './fake-dialect.ts'

const schemas = publishedSchemas(dialects.values())
const ajv = new Ajv2020({ strict: false })

it('accepts good files and refuses unknown keys, as the program does', () => {
  const mockFile = ajv.compile(schemas['mock-file.schema.json'])
  expect(
    mockFile({ service: 'a', version: 1.4, mocks: [{ request: { path: '/a' }, response: { body: null } }] }),
  ).toBe(true)
  expect(mockFile({ mocks: [{ requst: {} }] })).toBe(false)
  expect(mockFile({ mocks: [{ fault: './x.js' }] })).toBe(false)
  expect(mockFile({})).toBe(false)
  const config = ajv.compile(schemas['svc-mock.schema.json'])
  expect(config({ services: { orders: null, billing: { mode: 'direct', upstream: 'http://x' } } })).toBe(true)
  expect(config({ services: { orders: { mode: 'mok' } } })).toBe(false)
})

it('describes every key of a service and of a mock for editor hovers', () => {
  const undescribed: string[] = []
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties, items, additionalProperties } = schema as Record<string, unknown>
    for (const [key, inner] of Object.entries(
      (properties ?? {}) as Record<string, { description?: string }>,
    )) {
      if (inner.description === undefined && !['user', 'password', 'limits'].includes(key))
        undescribed.push(`${path}.${key}`)
      visit(inner, `${path}.${key}`)
    }
    visit(items, `${path}[]`)
    visit(additionalProperties, `${path}.*`)
  }
  visit(schemas['svc-mock.schema.json'], '')
  expect(undescribed).toEqual([])
})
