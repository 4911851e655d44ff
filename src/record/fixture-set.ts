/**
 * What a run has recorded, as fixtures: one operation of one service, version and case is one file; in it one mock for
 * each request; in that one answer, or several in turn. Made of clean exchanges alone.
 */
import type {
  BesideExchange,
  FixtureDialect,
  FixtureParts,
  FixturePolicy,
  VolatileField,
} from '../core/fixture.ts'
import { stringifyJson } from '../core/json.ts'
import { writeYaml } from '../yaml/write.ts'
import { answerKey } from './answer-key.ts'
import { type BodyFile, bodyFields } from './body-fields.ts'
import type { CleanExchange } from './desensitizer.ts'
import { fileName, folderName } from './file-names.ts'
import type { RenewedMock } from './records.ts'

/** A clean exchange with what stands beside it. */
export interface CleanRecord extends BesideExchange {
  readonly exchange: CleanExchange
  /** The label that was given to what is being recorded. */
  readonly case: string | undefined
  /** Fields of which nothing is known. */
  readonly undecided?: number
  readonly renews?: RenewedMock | undefined
}

/** What became of an exchange. */
export type Added = 'request' | 'answer' | 'known' | { readonly skipped: string }

/** A call that answers differently each time would fill the disk. */
const answersAtMost = 50
/** The loader takes files of 10 MB. */
const fileBytesAtMost = 8 * 1024 * 1024

export interface RecordedMock {
  /** Equal for equal requests. */
  readonly key: string
  /** Mocks of a file are in its order. */
  readonly sortKey: string
  readonly request: Readonly<Record<string, unknown>>
  readonly answers: RecordedAnswer[]
}

export interface RecordedAnswer {
  readonly key: string
  readonly response: Readonly<Record<string, unknown>>
  readonly file: BodyFile | undefined
}

export class RecordedOperation {
  readonly protocol: string
  readonly service: string
  readonly version: string
  readonly case: string | undefined
  /** `GET /orders/{id}`. */
  readonly title: string
  /** Without extension. */
  readonly base: string
  /** Below the folder of fixtures, with `/`. */
  readonly path: string
  readonly mocks = new Map<string, RecordedMock>()
  /** By place, for the report. */
  readonly volatile = new Map<string, VolatileField>()
  readonly notes = new Set<string>()
  /** Fields, each time they came, of which nothing is known. */
  undecided = 0
  bytes = 0

  constructor({ exchange, case: label, renews }: CleanRecord, title: string, name: readonly string[]) {
    this.protocol = exchange.protocol
    this.service = exchange.service
    this.version = exchange.version ?? ''
    this.case = label
    this.title = title
    this.base = renews === undefined ? fileName(name, label) : baseOf(renews.path)
    this.path = renews?.path ?? `${folderName(this.service)}/${folderName(this.version)}/${this.base}.yaml`
  }

  get exchanges(): number {
    return [...this.mocks.values()].reduce((sum, { answers }) => sum + answers.length, 0)
  }

  /** The same operation with some of its mocks. */
  with(mocks: Map<string, RecordedMock>): RecordedOperation {
    return Object.create(this, { mocks: { value: mocks } }) as RecordedOperation
  }
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '')

export class FixtureSet {
  /** By path. */
  readonly operations = new Map<string, RecordedOperation>()
  readonly dirty = new Set<RecordedOperation>()
  private readonly dialects: ReadonlyMap<string, FixtureDialect>
  private readonly policy: FixturePolicy

  constructor(dialects: ReadonlyMap<string, FixtureDialect>, policy: FixturePolicy) {
    this.dialects = dialects
    this.policy = policy
  }

  add(record: CleanRecord): Added {
    const { exchange } = record
    const dialect = this.dialects.get(exchange.protocol)
    if (dialect === undefined) return { skipped: `${exchange.protocol} cannot be written as fixtures` }
    const parts = dialect.describe(exchange, record, this.policy)
    if ('skipped' in parts) return parts
    const all = [parts].flat()
    if (record.renews !== undefined && all.length > 1)
      return { skipped: 'it is answered message by message now' }
    let added: Added = 'known'
    for (const one of all) {
      const now = this.addMock(record, one)
      if (typeof now === 'object') return now
      if (added !== 'request') added = now === 'known' ? added : now
    }
    return added
  }

  private addMock(record: CleanRecord, parts: FixtureParts): Added {
    const fresh = new RecordedOperation(record, parts.operation, parts.name)
    const operation = this.operations.get(fresh.path) ?? fresh
    if (operation.bytes > fileBytesAtMost)
      return { skipped: `a file of ${fileBytesAtMost / 2 ** 20} MB is full` }
    const request = record.renews?.request ?? parts.request
    const key = requestKey(request)
    const mock = operation.mocks.get(key)
    const answer = { key: answerKey(parts, record.at), ...responseOf(parts, operation.base) }
    if (mock?.answers.at(-1)?.key === answer.key) return 'known'
    if (mock !== undefined && mock.answers.length >= answersAtMost)
      return { skipped: `more than ${answersAtMost} answers to one request` }
    if (mock === undefined)
      operation.mocks.set(key, {
        key,
        sortKey: sortKeyOf(request),
        request,
        answers: [answer],
      })
    else mock.answers.push(answer)
    operation.bytes += writeYaml([mock === undefined ? request : {}, answer.response]).length
    for (const field of parts.volatile) operation.volatile.set(field.place, field)
    for (const note of parts.notes) operation.notes.add(note)
    operation.undecided += record.undecided ?? 0
    this.operations.set(operation.path, operation)
    this.dirty.add(operation)
    return mock === undefined ? 'request' : 'answer'
  }
}

const responseOf = (
  { response, body }: { response: Readonly<Record<string, unknown>>; body: Parameters<typeof bodyFields>[0] },
  base: string,
): Pick<RecordedAnswer, 'response' | 'file'> => {
  const { fields, file } = bodyFields(body, base)
  return { response: { ...response, ...fields }, file }
}

/** Of a mock's `request`, wherever it was read: names in any order. */
export const requestKey = (request: unknown): string => stringifyJson(sorted(request))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value).sort()) copy[key] = sorted((value as Record<string, unknown>)[key])
  return copy
}

/**
 * By path; then what asks for less before what asks for more, because the later of two mocks that count as equally
 * specific wins; then by the rest. The same whatever came first.
 */
export const sortKeyOf = (request: unknown): string => {
  const { path = '', ...rest } = request as Readonly<Record<string, unknown>>
  return `${String(path)}\n${String(nodesIn(rest)).padStart(8, '0')}\n${requestKey(rest)}`
}

const nodesIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, member) => sum + nodesIn(member), 1)
    : 1
