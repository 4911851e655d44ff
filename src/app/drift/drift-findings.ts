/** Changes of an answer as findings of a contract report. */
import type { Change } from '../../contract/drift/change.ts'
import { typeOf } from '../../contract/drift/shapes.ts'
import type { Severity, Violation } from '../../contract/violation.ts'
import { stringifyJson } from '../../core/json.ts'
import type { Recording } from './recordings.ts'

export interface Judged {
  /** Changed values alone do not count. */
  readonly shapeOnly: boolean
}

/** `answer`: which of several in turn the change is held against. */
export const findingOf = (
  recording: Recording,
  answer: number,
  change: Change,
  { shapeOnly }: Judged,
): Violation => {
  const { file, definition, responses } = recording
  const section = responses.length > 1 ? ['responses', answer] : ['response']
  const { before, after } = change
  return {
    severity: shapeOnly ? severityOf(change) : 'violation',
    rule: ruleOf(change),
    service: file.service,
    version: file.version,
    operation: operationOf(recording),
    mock: definition.name,
    at: recording.locate([...section, ...change.was]),
    path: pathText(['response', ...change.path]),
    message: messageOf(change),
    ...(before !== undefined && { expected: shown(before) }),
    ...(after !== undefined && { actual: shown(after) }),
    ...hintOf(change),
  }
}

export const operationOf = ({ file, request, definition }: Recording): string => {
  const { method, path } = request
  if (file.protocol !== 'http') return typeof method === 'string' ? method : definition.name
  return typeof path === 'string' ? `${String(method ?? 'GET')} ${path}` : definition.name
}

/** That somebody or something is not there any more says nothing of the interface. */
const severityOf = (change: Change): Severity =>
  isGone(change) ? 'dataMissing' : change.shape ? 'violation' : 'note'

const isGone = ({ kind, before, after }: Change): boolean =>
  kind === 'status' && !isRefusal(before) && (after === 404 || after === 'NOT_FOUND')

/** Whether a status says that a call was refused or failed; of HTTP and gRPC. */
export const isRefusal = (status: unknown): boolean =>
  typeof status === 'number' ? status >= 400 : status !== 'OK' && status !== undefined

const ruleOf = ({ kind, path, shape }: Change): string => {
  const isHeader = ['headers', 'metadata', 'trailers'].includes(String(path[0]))
  const isItem = !shape && (kind === 'added' || kind === 'removed')
  const what = isHeader ? 'header' : isItem ? 'item' : 'property'
  switch (kind) {
    case 'added':
      return `new-${what}`
    case 'removed':
      return `missing-${what}`
    case 'status':
      return 'response-status'
    default:
      return kind
  }
}

const messageOf = ({ kind, before, after, shape, times }: Change): string => {
  const often = times === undefined ? '' : `, ${times} times`
  switch (kind) {
    case 'added':
      return `it is new${often}`
    case 'removed':
      return `it is ${shape && times !== undefined ? 'not always there' : 'gone'}${often}`
    case 'type':
      return `it was ${article(before)} and is ${article(after)}${often}`
    case 'format':
      return `it is no time any more${often}`
    case 'status':
      return 'the service answers with another status'
    case 'content-type':
      return 'the answer has another content type'
    default:
      return `it has another value${often}`
  }
}

const article = (value: unknown): string => {
  const type = typeOf(value)
  if (type === 'null') return 'null'
  return type === 'object' ? 'an object' : `a ${type === 'time' ? 'string' : type}`
}

const hintOf = (change: Change): { readonly hint?: string } => {
  if (change.kind !== 'status') return {}
  if ([401, 403, 'UNAUTHENTICATED', 'PERMISSION_DENIED'].includes(change.after as number | string))
    return { hint: 'give credentials with --header, or in SVC_MOCK_VERIFY_HEADERS' }
  return {}
}

const shownAtMost = 80

/** As JSON with all digits, short. */
const shown = (value: unknown): string => {
  const text = stringifyJson(value)
  return text.length > shownAtMost ? `${text.slice(0, shownAtMost - 3)}…` : text
}

/** `response.body.items[0].sku`. */
export const pathText = (path: readonly (string | number)[]): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
