/** A real reply held against the mocked one by contract rules: status, content type, which headers there are, the body's shape. */
import { parseJson } from '../../core/json.ts'
import { firstValue, type Metadata } from '../../core/metadata.ts'
import { compareShapes, shown } from './shape.ts'

export interface ComparedReply {
  readonly status: number
  readonly headers: Metadata
  /** After content-encoding has been undone. */
  readonly body: Uint8Array
}

export interface MockedReply {
  /** undefined: only a call will tell. */
  readonly status: number | undefined
  readonly headers: Metadata
  readonly body: Uint8Array | undefined
  readonly templated: boolean
}

export interface ReplyFinding {
  readonly rule: string
  /** Below the response: `['headers', 'x-total']`, `['body', 'items', 0]`. */
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly expected?: string | undefined
  readonly actual?: string | undefined
  /** It could not be decided. */
  readonly undecided?: true
}

/** Of one answer or one connection; that they are there says nothing about the interface. */
const ofTheMoment: ReadonlySet<string> = new Set([
  'age',
  'alt-svc',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'server',
  'transfer-encoding',
  'vary',
  'via',
])

export const compareReply = (
  mocked: MockedReply,
  real: ComparedReply,
  isExact: (path: readonly (string | number)[]) => boolean,
): readonly ReplyFinding[] => {
  if (mocked.status !== undefined && mocked.status !== real.status) {
    return [
      {
        rule: 'response-status',
        path: ['status'],
        message: 'the real service answers with another status',
        expected: String(mocked.status),
        actual: String(real.status),
      },
    ]
  }
  return [...headers(mocked, real), ...body(mocked, real, isExact)]
}

function* headers(mocked: MockedReply, real: ComparedReply): Generator<ReplyFinding> {
  const seen = new Set<string>()
  for (let i = 0; i < mocked.headers.length; i += 2) {
    const name = mocked.headers[i]!.toLowerCase()
    if (ofTheMoment.has(name) || seen.has(name)) continue
    seen.add(name)
    if (firstValue(real.headers, name) === undefined)
      yield {
        rule: 'missing-header',
        path: ['headers', name],
        message: 'the real reply does not have it',
        expected: shown(mocked.headers[i + 1]),
      }
  }
}

const mediaType = (metadata: Metadata): string =>
  (firstValue(metadata, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase()

function* body(
  mocked: MockedReply,
  real: ComparedReply,
  isExact: (path: readonly (string | number)[]) => boolean,
): Generator<ReplyFinding> {
  if (mocked.body === undefined || mocked.body.length === 0) return
  const [expected, actual] = [mediaType(mocked.headers), mediaType(real.headers)]
  if (real.body.length === 0) {
    yield { rule: 'missing-body', path: ['body'], message: 'the real reply has no body' }
    return
  }
  if (expected !== '' && expected !== actual) {
    yield {
      rule: 'content-type',
      path: ['headers', 'content-type'],
      message: 'the real reply has another content type',
      expected,
      actual: actual === '' ? 'none' : actual,
    }
    return
  }
  const wanted = jsonOf(mocked.body)
  if (wanted === undefined || !(expected === '' || /[/+]json$/.test(expected))) return
  const got = jsonOf(real.body)
  if (got === undefined) {
    yield { rule: 'not-json', path: ['body'], message: 'the real reply says that it is JSON and is not' }
    return
  }
  const { mismatches, undecided } = compareShapes(wanted.value, got.value, {
    isExact,
    templated: mocked.templated,
  })
  for (const { path, ...mismatch } of mismatches) yield { ...mismatch, path: ['body', ...path] }
  for (const { path, ...open } of undecided) yield { ...open, path: ['body', ...path], undecided: true }
}

const jsonOf = (bytes: Uint8Array): { readonly value: unknown } | undefined => {
  const read = parseJson(new TextDecoder().decode(bytes))
  return read.ok ? { value: read.value } : undefined
}
