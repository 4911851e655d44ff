import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { dialects as realDialects } from '../../../src/app/library-tools.ts'
import { publishedSchemas } from '../../../src/mock/load/published-schemas.ts'
import { dialects } from './fake-dialect.ts'

const schemas = publishedSchemas(dialects.values())
const ajv = new Ajv2020({ strict: false, formats: { base64: true } })

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

describe('examples', () => {
  const published = publishedSchemas([realDialects.get('http')!])['mock-file.schema.json']
  const accepts = ajv.compile(published)
  const file = (example: unknown) => ({ mocks: [{ examples: [example] }], examples: [example] })

  it.each([
    [{ request: { path: '/a', version: 1, tenant: 'b' }, expect: { status: { $lessThan: 300 } } }, true],
    [{ steps: [{ expect: { miss: true } }, { upstream: 'unreachable', expect: { fault: 'reset' } }] }, true],
    [{ upstream: { status: 200 }, scenarios: { a: 'b' }, now: '2026-01-01' }, true],
    [{ request: { pth: '/a' } }, false],
    [{ expect: { staus: 200 } }, false],
    [{ expect: { miss: false } }, false],
    [{ expect: { fault: 'rest' } }, false],
    [{ steps: [] }, false],
  ])('%j: %s', (example, right) => {
    expect(accepts(file(example))).toBe(right)
  })

  it('have a description at every key, for editor hovers', () => {
    const properties = (schema: unknown): Record<string, { description?: string }> =>
      (schema as { properties: Record<string, { description?: string }> }).properties
    const example = (properties(published)['examples'] as { items?: unknown }).items
    const keys = properties(example)
    const undescribed = [
      ...Object.entries(keys),
      ...Object.entries(properties(keys['request'])),
      ...Object.entries(properties(keys['expect'])),
    ].filter(([, { description }]) => description === undefined)
    expect(undescribed.map(([key]) => key)).toEqual([])
  })
})
