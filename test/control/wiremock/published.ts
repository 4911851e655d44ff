/** The published OpenAPI, and answers held against it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { parseDocument } from '../../../src/yaml/document.ts'

export const file = fileURLToPath(new URL('../../../src/control/wiremock/openapi.yaml', import.meta.url))

type Fields = Readonly<Record<string, unknown>>
interface Described {
  readonly operationId: string
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Fields }>>
}

const document = parseDocument(readFileSync(file, 'utf8'), 'openapi.yaml').value as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}
const ajv = new Ajv2020({ strict: false, formats: { uuid: true, 'date-time': true } })
ajv.addSchema(document, 'file')

const methods = ['get', 'put', 'post', 'delete']

/** `GET /mappings` to its operationId. */
export const operations: ReadonlyMap<string, string> = new Map(
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation === undefined
        ? []
        : [[`${method.toUpperCase()} ${path}`, operation.operationId] as const]
    }),
  ),
)

const escaped = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

const validators = new Map<string, ValidateFunction>()

/** Why an answer is not what is published; undefined: it is. */
export const breachOf = (operationId: string, status: number, value: unknown): string | undefined => {
  const [name] = [...operations].find(([, id]) => id === operationId)!
  const [method, path] = name.split(' ') as [string, string]
  const { responses } = document.paths[path]![method.toLowerCase()]!
  const key = responses[String(status)] === undefined ? 'default' : String(status)
  const shared = responses[key]!.$ref
  const place = shared ?? `#/paths/${escaped(path)}/${method.toLowerCase()}/responses/${key}`
  const reference = `file${place}/content/application~1json/schema`
  const validate = validators.get(reference) ?? ajv.compile({ $ref: reference })
  validators.set(reference, validate)
  return validate(value) ? undefined : `${operationId} ${status}: ${ajv.errorsText(validate.errors)}`
}
