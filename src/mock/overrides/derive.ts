/** One extending mock and one base become a mock like any other, in a file of its own. */

import type { ZodType } from 'zod'
import type { Dialect } from '../../core/dialect.ts'
import { isFields } from '../../core/fields.ts'
import { mergeValues } from '../../core/merge-values.ts'
import type { Path } from '../../yaml/tree.ts'
import { shapeProblems } from '../../yaml/zod-problems.ts'
import type { Derivation, ExtendingMock, MockDefinition, MockFile } from '../definition.ts'
import { type MockSpec, validationSchema } from '../file-schema.ts'
import { definitionOf } from '../load/read-mock-file.ts'
import { writtenPath } from '../load/sections.ts'
import { sideOf, textsOf } from './sides.ts'

/** A mock that can be extended. */
export interface Base {
  readonly file: MockFile
  /** In `file.mocks`. */
  readonly position: number
  readonly definition: MockDefinition
}

/** Schemas of mock files by protocol, each made when it is first asked for. */
export class FileShapes {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly #schemas = new Map<string, ZodType>()

  constructor(dialects: ReadonlyMap<string, Dialect>) {
    this.dialects = dialects
  }

  of(protocol: string): ZodType {
    let schema = this.#schemas.get(protocol)
    if (schema === undefined) {
      schema = validationSchema(this.dialects.get(protocol)!)
      this.#schemas.set(protocol, schema)
    }
    return schema
  }
}

/** `file` holds `mock`. What does not fit stands in `problems`, at its place in the file that has written it. */
export const derive = (file: MockFile, mock: ExtendingMock, base: Base, shapes: FileShapes): MockFile => {
  const { patch } = mock
  // Examples say what the base answers.
  const { examples: _, ...kept } = base.file.written!(base.position) as Readonly<Record<string, unknown>>
  const name = mock.name ?? base.definition.name
  const value = {
    ...(mergeValues(kept, patch) as MockSpec),
    name,
    ...(mock.examples !== undefined && { examples: mock.examples }),
  }
  const dialect = shapes.dialects.get(base.file.protocol)
  const place = placesOf(file, mock, base, kept, dialect)
  const problems = shapeProblems({
    schema: shapes.of(base.file.protocol),
    value: { protocol: base.file.protocol, mocks: [value] },
    document: {
      locate: place.locate,
      has: (path) => has({ mocks: [value] }, path),
      isFlowMap: () => false,
    },
    code: 'MOCK_FILE_INVALID',
  })
  const inherited = isFields(patch) && patch['tenants'] === null ? undefined : base.definition.tenants
  const definition = definitionOf(value, {
    name,
    at: { ...mock.at },
    tenants: value.tenants ?? mock.tenants ?? inherited,
    dialect,
  })
  return {
    path: file.path,
    display: file.display,
    library: file.library,
    layer: file.layer,
    service: file.service,
    version: file.version ?? base.file.version,
    case: file.case,
    conveniences: file.conveniences ?? base.file.conveniences,
    contract: file.contract,
    protocol: base.file.protocol,
    mocks: problems.length === 0 ? [definition] : [],
    problems,
    derived: {
      mock,
      base: { file: base.file, definition: base.definition },
      inPlace: mock.name === undefined,
      owner: place.owner,
      ownerOfText: place.ownerOfText,
    },
    locate: place.locate,
    written: () => value,
  }
}

type Places = Pick<Derivation, 'owner' | 'ownerOfText'> & Pick<MockFile, 'locate'>

const placesOf = (
  file: MockFile,
  mock: ExtendingMock,
  base: Base,
  kept: unknown,
  dialect: Dialect | undefined,
): Places => {
  const texts = textsOf(mock.patch)
  /** Inside the mock, as it is written; `path` is one of the file. */
  const inside = (path: Path): Path => writtenPath(path, dialect?.sections).slice(2)
  const isOwn = (path: Path): boolean => path[0] === 'name' || path[0] === 'examples'
  const inBase = (path: Path): Path => ['mocks', base.position, ...path]
  return {
    locate: (path, onKey) => {
      if (path[0] !== 'mocks') return file.locate(path, onKey)
      const own = inside(path)
      if (own.length === 0) return mock.locate([])
      if (isOwn(own)) return mock.locate(own, onKey)
      return sideOf(own, mock.patch, kept) === 'patch'
        ? mock.locate(['patch', ...own], onKey)
        : base.file.locate(inBase(own), onKey)
    },
    owner: (path) => {
      const own = inside(path)
      if (isOwn(own) || sideOf(own, mock.patch, kept) === 'patch') return file
      return base.file.derived?.owner(inBase(own)) ?? base.file
    },
    ownerOfText: (text) =>
      texts.has(text) || textsOf(mock.examples).has(text)
        ? file
        : (base.file.derived?.ownerOfText(text) ?? base.file),
  }
}

const has = (value: unknown, path: Path): boolean => {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false
    inner = (inner as Readonly<Record<string | number, unknown>>)[step]
  }
  return true
}
