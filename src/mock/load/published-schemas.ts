/** The JSON Schemas that ship with the package for editors, made from the schemas that validate. */
import { z } from 'zod'
import { drillSchema } from '../../config/drill-schema.ts'
import { configSchema } from '../../config/schema.ts'
import type { Dialect } from '../../core/dialect.ts'
import type { PresetDialect } from '../../core/preset.ts'
import { publishedFileSchema } from '../file-schema.ts'

export interface PublishedSchemas {
  readonly 'svc-mock.schema.json': object
  readonly 'mock-file.schema.json': object
  readonly 'drill.schema.json': object
}

export const publishedSchemas = (
  dialects: Iterable<Dialect>,
  presets: Iterable<PresetDialect> = [],
): PublishedSchemas => ({
  'svc-mock.schema.json': withTitle('svc-mock.yaml', z.toJSONSchema(configSchema, options)),
  'mock-file.schema.json': withTitle(
    'svc-mock mock file',
    z.toJSONSchema(publishedFileSchema(dialects, presets), options),
  ),
  'drill.schema.json': withTitle('svc-mock drill', z.toJSONSchema(drillSchema, options)),
})

const options = { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' } as const

const withTitle = (title: string, schema: object): object => ({ title, ...schema })
