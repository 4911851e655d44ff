/** Which mocks were recorded, and which of them are meant. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import semver from 'semver'
import type { Config } from '../../config/config.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { SourceLocation } from '../../core/source.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import { recordedWith } from '../../record/fixture-file.ts'
import { requestKey } from '../../record/fixture-set.ts'
import { parseDocument, type YamlDocument } from '../../yaml/document.ts'
import type { MockLibrary } from '../mock-library.ts'
import { refuseUnknownCases } from '../record/cases.ts'
import { wantedFiles } from '../wanted-files.ts'

type Fields = Readonly<Record<string, unknown>>

/** One recorded mock. */
export interface Recording {
  readonly file: MockFile
  readonly definition: MockDefinition
  /** Of its file below the folder of fixtures, with `/`; `..` where it lies beside. */
  readonly path: string
  /** See requestKey. */
  readonly key: string
  readonly request: Fields
  /** Several: answers in turn. */
  readonly responses: readonly Fields[]
  /** Of a place in the mock: `['response', 'body', 'id']`. */
  locate(path: readonly (string | number)[]): SourceLocation
  /** A file beside the mock file; undefined: it is not there. */
  readFile(name: string): Uint8Array | undefined
}

export interface WantedRecordings {
  /** Files or folders, relative to the working directory; none: all of the library. */
  readonly paths: readonly string[]
  readonly service: string | undefined
  /** Semver range; undefined: all versions. */
  readonly version: string | undefined
  /** Of what was recorded with a case only this one; undefined: only what has none. */
  readonly case: string | undefined
}

export interface FoundRecordings {
  readonly recordings: readonly Recording[]
  /** Why each of the others is left out, in a word or two. */
  readonly left: readonly string[]
}

/** `keyId`: of the key in use. Throws FLAG_INVALID for a path, a service or a case that is none. */
export const recordingsOf = (
  config: Config,
  library: MockLibrary,
  wanted: WantedRecordings,
  keyId: string,
): FoundRecordings => {
  // What extends a recorded mock was written by somebody.
  const all = library.files().filter(({ derived }) => derived === undefined)
  refuseUnknownService(config, all, wanted.service)
  if (wanted.case !== undefined) refuseUnknownCases([wanted.case], library.cases())
  const { wants } = wantedFiles(
    wanted.paths,
    all.map(({ path }) => path),
  )
  const recordings: Recording[] = []
  const left: string[] = []
  const packaged = new Set(
    config.library.flatMap(({ folder, origin }) => (origin === undefined ? [] : [folder])),
  )
  const files = all
    .filter(
      ({ path, service, library: own }) =>
        !packaged.has(own) && wants(path) && (wanted.service === undefined || service === wanted.service),
    )
    .sort((a, b) => (a.display < b.display ? -1 : 1))
  for (const file of files) {
    const text = readFileSync(file.path, 'utf8')
    const reason = whyNot(file, text, wanted, config.root, keyId)
    if (typeof reason === 'string') left.push(...file.mocks.map(() => reason))
    else if (reason === undefined) recordings.push(...recordingsIn(file, text, config.record.folder, left))
  }
  return { recordings, left }
}

const refuseUnknownService = (
  { services }: Config,
  files: readonly MockFile[],
  asked: string | undefined,
): void => {
  const names = [
    ...new Set([...services, ...files.map(({ service }) => ({ name: service }))].map(({ name }) => name)),
  ]
  if (asked !== undefined && !names.includes(asked))
    throw new SvcMockError('FLAG_INVALID', `there is no service ${asked}`, {
      hint: `services are ${names.sort().join(', ')}`,
    })
}

/** null: it was written by hand, which is nobody's drift. */
const whyNot = (
  { path, version, case: label }: MockFile,
  text: string,
  wanted: WantedRecordings,
  root: string,
  keyId: string,
): string | null | undefined => {
  const made = recordedWith(text)
  if (made === undefined) return null
  const below = relative(root, path)
  if (below.startsWith('..') || below.split(sep).includes('node_modules')) return 'outside of the workspace'
  if (wanted.version !== undefined && version !== undefined && !semver.satisfies(version, wanted.version))
    return 'other version'
  if (label !== wanted.case && label !== undefined) return 'of a case'
  if (wanted.case !== undefined && label === undefined) return 'of no case'
  if (made.keyId !== undefined && made.keyId !== keyId) return 'masked with another key'
  return undefined
}

const recordingsIn = (file: MockFile, text: string, folder: string, left: string[]): readonly Recording[] => {
  const document = parseDocument(text, file.display)
  const { mocks } = (document.value ?? {}) as { readonly mocks?: unknown }
  const written = Array.isArray(mocks) ? (mocks as readonly Fields[]) : []
  const path = relative(folder, file.path).split(sep).join('/')
  const seen = new Set<string>()
  return file.mocks.flatMap((definition): readonly Recording[] => {
    const position = positionOf(definition, document)
    const {
      request = {},
      response,
      responses,
    } = (written[position] ?? {}) as {
      readonly request?: Fields
      readonly response?: Fields
      readonly responses?: readonly Fields[]
    }
    const answers = responses ?? (response === undefined ? [] : [response])
    const key = requestKey(request)
    if (answers.length === 0 || seen.has(key)) {
      left.push(
        answers.length === 0 ? 'without a recorded answer' : 'the same request as another mock of its file',
      )
      return []
    }
    seen.add(key)
    return [
      {
        file,
        definition,
        path,
        key,
        request,
        responses: answers,
        locate: (place) => document.locate(['mocks', position, ...place]).at,
        readFile: (name) => bytesBeside(file, name),
      },
    ]
  })
}

/** Mocks with mistakes are left out of a file's list, so places tell which is which. */
const positionOf = ({ at }: MockDefinition, document: YamlDocument): number =>
  document.itemPlaces('mocks').findIndex(({ line, column }) => line === at.line && column === at.column)

/** Recording writes bodies beside the file; a person may have moved them within the library. */
const bytesBeside = ({ path, library }: MockFile, name: string): Uint8Array | undefined => {
  const file = resolve(dirname(path), name)
  if (relative(library, file).startsWith('..')) return undefined
  try {
    return readFileSync(basename(name) === name ? join(dirname(path), name) : file)
  } catch {
    return undefined
  }
}
