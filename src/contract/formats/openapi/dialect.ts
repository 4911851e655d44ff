/** What sets the versions of OpenAPI apart, and which of them a file is. */
import { isFields } from '../../../core/fields.ts'
import type { SpecFile, SpecFiles } from './document.ts'

/** 3.0 has a schema language of its own; 3.1 and 3.2 take JSON Schema 2020-12. */
export type SchemaDialect = '3.0' | '2020-12'

export interface SpecVersion {
  readonly schemas: SchemaDialect
  /** `info.version`: of the interface. */
  readonly version: string | undefined
  readonly title: string | undefined
}

/** undefined: it is none that we know, and the problems say so. */
export const versionOf = (file: SpecFile, files: SpecFiles): SpecVersion | undefined => {
  const root = { file, pointer: [], value: file.value }
  const { openapi, swagger, info } = isFields(file.value) ? file.value : ({} as Record<string, unknown>)
  const { version, title } = isFields(info) ? info : ({} as Record<string, unknown>)
  const words = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  const number = words(openapi)
  const told = { version: words(version), title: words(title) }
  if (number !== undefined && /^3\.0(\.|$)/.test(number)) return { schemas: '3.0', ...told }
  if (number !== undefined && /^3\.[12](\.|$)/.test(number)) return { schemas: '2020-12', ...told }
  if (swagger !== undefined)
    files.report(
      root,
      ['swagger'],
      `it is Swagger ${words(swagger) ?? ''}, which is not read`,
      'convert it to OpenAPI 3',
    )
  else if (number !== undefined)
    files.report(root, ['openapi'], `OpenAPI ${number} is not known`, 'versions that are read: 3.0, 3.1, 3.2')
  else
    files.report(
      root,
      [],
      'it is no OpenAPI file: it does not say openapi: 3.…',
      'name the file that begins with openapi:',
    )
  return undefined
}
