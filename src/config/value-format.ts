/** What the values of topics are: `value` of a topic's policy. A schema's file is read with the configuration, and again when it changes. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ValueFormat } from '../core/service-entry.ts'
import type { Path } from '../yaml/tree.ts'
import { parseAuthority } from './authority.ts'
import { protoImports } from './proto-imports.ts'
import type { Report } from './report.ts'

export interface ValueFile {
  readonly format: ValueFormat['format']
  readonly schema?: string | undefined
  readonly registry?: string | undefined
  readonly message?: string | undefined
  readonly id?: number | undefined
}

export const readValueFormat = (
  value: ValueFile | undefined,
  path: Path,
  report: Report,
): ValueFormat | undefined => {
  if (value === undefined) return undefined
  const { format, message, id } = value
  const wrong = (key: string, message: string, hint: string): void =>
    report.add([...path, key], { message, hint, onKey: true })
  const needed = format === 'avro' || format === 'protobuf'
  if (format === 'string' || format === 'binary') {
    for (const key of ['schema', 'registry', 'message', 'id'] as const)
      if (value[key] !== undefined) wrong(key, `a value of format ${format} has no schema`, 'remove it')
    return { format, schema: undefined, registry: undefined, message: undefined, id: undefined }
  }
  if (value.schema !== undefined && value.registry !== undefined)
    wrong('registry', 'schema and registry exclude each other', 'keep one of them')
  if (needed && value.schema === undefined && value.registry === undefined)
    wrong('format', `${format} needs a schema`, 'add schema: ./file, or registry: http://host:port')
  if (message !== undefined && format !== 'protobuf')
    wrong('message', 'message is for format: protobuf', 'remove it')
  if (format === 'protobuf' && message === undefined && value.schema !== undefined)
    wrong('format', 'a .proto file may hold several messages', 'add message: acme.Order')
  if (id !== undefined && value.registry !== undefined)
    wrong('id', 'the registry knows the ids of schemas', 'remove it')
  return {
    format,
    schema: readSchema(value.schema, format, [...path, 'schema'], report),
    registry: readRegistry(value.registry, [...path, 'registry'], report),
    message,
    id,
  }
}

const readSchema = (
  schema: string | undefined,
  format: ValueFormat['format'],
  path: Path,
  report: Report,
): ValueFormat['schema'] => {
  if (schema === undefined) return undefined
  const { folder } = report.layerOf(path)
  const file = resolve(folder, schema)
  report.files.add(file)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    report.add(path, {
      message: `${schema} does not exist, or cannot be read`,
      hint: 'correct the path; it is relative to this file',
    })
    return undefined
  }
  if (format !== 'protobuf') return { shown: schema, text, imported: [] }
  const { parts, files, missing } = protoImports(file, text, folder)
  for (const imported of files) report.files.add(imported)
  for (const name of missing)
    report.add(path, {
      message: `${schema} imports ${name}, which is neither beside it nor in a folder above it`,
      hint: 'imports are looked for up to the folder of this file',
    })
  return { shown: schema, text, imported: parts }
}

const readRegistry = (registry: string | undefined, path: Path, report: Report): ValueFormat['registry'] => {
  if (registry === undefined) return undefined
  const parsed = parseAuthority(registry)
  if (!parsed.ok) {
    report.add(path, parsed)
    return undefined
  }
  if (parsed.value.scheme === 'http' || parsed.value.scheme === 'https') return parsed.value
  report.add(path, {
    message: `a registry is asked by HTTP, not ${parsed.value.scheme}`,
    hint: 'write http://host:8081',
  })
  return undefined
}
