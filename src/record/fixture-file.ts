/**
 * The text of a fixture file. Its first lines carry a hash of all the rest and of the files that hold its bodies: a file
 * whose hash is no longer right has been edited by a person, and is theirs.
 */
import { createHash } from 'node:crypto'
import { parseDocument } from '../yaml/document.ts'
import { writeYaml } from '../yaml/write.ts'
import type { BodyFile } from './body-fields.ts'
import type { RecordedMock, RecordedOperation } from './fixture-set.ts'
import { requestKey, sortKeyOf } from './fixture-set.ts'

export const intro = '# Recorded by svc-mock. Edit it, and recording keeps it as you left it.'
const hashLine = /^# content: sha256-([0-9a-f]{16})(?:, key ([0-9a-f]{8}))?\r?\n/m

/** A mock as a file shows it. */
export interface FileMock {
  readonly key: string
  readonly sortKey: string
  readonly value: Readonly<Record<string, unknown>>
}

export interface FixtureFile {
  readonly text: string
  readonly bodies: readonly BodyFile[]
}

export interface FileContext {
  /** Mocks of earlier runs, and the bodies that they name. */
  readonly mocks: readonly FileMock[]
  readonly bodies: readonly BodyFile[]
  /**
   * Whose fakes these are. The policy's hash stands in the report alone: here it would change every file whenever a line
   * about one field is added.
   */
  readonly keyId: string | undefined
}

export const renderFixture = (operation: RecordedOperation, context: FileContext): FixtureFile => {
  const own = [...operation.mocks.values()]
  const mocks = [...context.mocks, ...own.map(fileMock)].sort(bySortKey)
  const bodies = new Map<string, BodyFile>()
  for (const body of [
    ...context.bodies,
    ...own.flatMap(({ answers }) => answers.flatMap(({ file }) => file ?? [])),
  ])
    bodies.set(body.name, body)
  const rest = writeYaml({
    service: operation.service,
    version: operation.version,
    protocol: operation.protocol === 'http' ? undefined : operation.protocol,
    case: operation.case,
    mocks: mocks.map(({ value }) => value),
  })
  const files = [...bodies.values()]
  return { text: signed(rest, files, context.keyId), bodies: files }
}

/** With the first lines that tell whether somebody has changed the rest. */
export const signed = (rest: string, bodies: readonly BodyFile[], keyId: string | undefined): string => {
  const key = keyId === undefined ? '' : `, key ${keyId}`
  return `${intro}\n# content: sha256-${contentHash(rest, bodies)}${key}\n${rest}`
}

/** Whether recording wrote a file that names no others, and nobody has changed it. */
export const isUntouched = (text: string): boolean => {
  const line = hashLine.exec(text)
  return line !== null && contentHash(text.slice(line.index + line[0].length), []) === line[1]
}

const fileMock = ({ key, sortKey, request, answers }: RecordedMock): FileMock => {
  const responses = answers.map(({ response }) => response)
  const value = responses.length === 1 ? { request, response: responses[0] } : { request, responses }
  return { key, sortKey, value }
}

/** Code-unit order, the same on every machine. */
const bySortKey = (a: FileMock, b: FileMock): number =>
  a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0

/** Line ends do not count: git may change them. */
const contentHash = (rest: string, bodies: readonly BodyFile[]): string => {
  const hash = createHash('sha256').update(rest.replaceAll('\r\n', '\n'))
  for (const { name, bytes } of [...bodies].sort((a, b) => (a.name < b.name ? -1 : 1)))
    hash
      .update(`\n${name}\n`)
      .update(Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
  return hash.digest('hex').slice(0, 16)
}

export type ReadFixture =
  /** Written by recording, and untouched since. */
  | { readonly kind: 'ours'; readonly mocks: readonly FileMock[]; readonly bodies: readonly BodyFile[] }
  /** A person has changed it, or wrote it. */
  | { readonly kind: 'edited' }

/** `readBody` gives undefined for a file that is not there. */
export const readFixture = (
  text: string,
  file: string,
  readBody: (name: string) => Uint8Array | undefined,
): ReadFixture => {
  const line = hashLine.exec(text)
  if (line === null) return { kind: 'edited' }
  const rest = text.slice(line.index + line[0].length)
  const { value } = parseDocument(text, file)
  const mocks = (value as { readonly mocks?: unknown } | undefined)?.mocks
  if (!Array.isArray(mocks)) return { kind: 'edited' }
  const names = new Set(mocks.flatMap(bodyNames))
  const bodies: BodyFile[] = []
  for (const name of names) {
    const bytes = readBody(name)
    if (bytes === undefined) return { kind: 'edited' }
    bodies.push({ name, bytes })
  }
  if (contentHash(rest, bodies) !== line[1]) return { kind: 'edited' }
  return {
    kind: 'ours',
    bodies,
    mocks: mocks.map((mock: Readonly<Record<string, unknown>>) => ({
      key: requestKey(mock['request']),
      sortKey: sortKeyOf(mock['request'] ?? {}),
      value: mock,
    })),
  }
}

/** Whether recording wrote the file, edited since or not; with the id of the key that its fakes were made with. */
export const recordedWith = (text: string): { readonly keyId: string | undefined } | undefined => {
  const line = hashLine.exec(text)
  return line === null ? undefined : { keyId: line[2] }
}

/** Of the files beside it that a mock takes bodies from. */
export const bodyNames = (mock: unknown): string[] => {
  const { response, responses } = mock as { readonly response?: unknown; readonly responses?: unknown }
  return [response, ...(Array.isArray(responses) ? responses : [])].flatMap((one) => {
    const name = (one as { readonly bodyFile?: unknown } | undefined)?.bodyFile
    return typeof name === 'string' ? name.replace(/^\.\//, '') : []
  })
}
