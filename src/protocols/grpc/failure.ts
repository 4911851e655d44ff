/** Our own failures in gRPC's words: a status, a message a person can read, and details a program can. */
import { type ErrorCode, SvcMockError } from '../../core/errors.ts'
import { firstValue } from '../../core/metadata.ts'
import type { Reply, SingleReply } from '../../core/reply.ts'
import type { GrpcCall } from './call.ts'
import { type Detail, debugInfo, encodeStatus, errorInfo, preconditionFailure } from './codec/rpc-status.ts'
import { type StatusName, statusCode, statusOfHttp } from './codec/status.ts'
import { failed } from './reply/outcome.ts'

const statuses: Partial<Readonly<Record<ErrorCode, StatusName>>> = {
  MOCK_NOT_MATCHED: 'FAILED_PRECONDITION',
  MOCK_EXHAUSTED: 'FAILED_PRECONDITION',
  LOOP: 'FAILED_PRECONDITION',
  BAD_CALL: 'INVALID_ARGUMENT',
  CALL_BREAKS_CONTRACT: 'INVALID_ARGUMENT',
  REPLY_BREAKS_CONTRACT: 'INTERNAL',
  MESSAGE_TOO_LARGE: 'RESOURCE_EXHAUSTED',
  UPSTREAM_REFUSED: 'PERMISSION_DENIED',
  PRODUCTION_REFUSED: 'PERMISSION_DENIED',
  CROSS_SITE_REFUSED: 'PERMISSION_DENIED',
  PROXY_AUTH_REQUIRED: 'UNAUTHENTICATED',
  PATCH_FAILED: 'INTERNAL',
  SCRIPT_ERROR: 'INTERNAL',
  SCRIPT_TIMEOUT: 'INTERNAL',
  SCRIPT_MEMORY: 'INTERNAL',
  SCRIPT_BAD_RESULT: 'INTERNAL',
  INVARIANT_BROKEN: 'INTERNAL',
}

const otherwise: StatusName = 'UNAVAILABLE'

/** Whatever was thrown, as an error of the table: what is not ours to throw is a bug. */
export const asSvcMockError = (error: unknown): SvcMockError =>
  error instanceof SvcMockError
    ? error
    : new SvcMockError(
        'INVARIANT_BROKEN',
        error instanceof Error ? (error.stack ?? error.message) : String(error),
        { cause: error },
      )

/** Headers beyond this are refused by many clients: 8 kB are all of them together. */
const detailsAtMost = 4 * 1024
const messageAtMost = 1024

const statusFor = (code: ErrorCode): StatusName => statuses[code] ?? otherwise

/** What a call gets that no mock matches: whether its method has any decides. */
export const missStatus = ({ mocked }: GrpcCall): StatusName =>
  mocked ? statusFor('MOCK_NOT_MATCHED') : 'UNIMPLEMENTED'

/** Notes on the call what went wrong, and makes its outcome. */
export const failure = (call: GrpcCall, thrown: unknown): SingleReply => {
  const error = asSvcMockError(thrown)
  const { context } = call
  context.outcome = error.code === 'MOCK_NOT_MATCHED' || error.code === 'UNKNOWN_HOST' ? 'miss' : 'error'
  context.error = error.code
  context.failure = error
  context.note = error.code === 'MOCK_NOT_MATCHED' ? undefined : error.message
  const code = statusCode(error.code === 'MOCK_NOT_MATCHED' ? missStatus(call) : statusFor(error.code))
  return failed(code, messageOf(error, call), {
    details: detailsOf(error),
    metadata: ['x-svc-mock-error', error.code],
  })
}

interface Near {
  readonly mock: string
  readonly at: string
  readonly failed: readonly { readonly clause: string; readonly expected: string; readonly actual: string }[]
}

const nearestOf = ({ context }: SvcMockError): readonly Near[] => {
  const nearest = context.details?.['nearest']
  return Array.isArray(nearest) ? (nearest as readonly Near[]) : []
}

const whyNot = ({ failed: clauses }: Near): string => {
  const [first, ...others] = clauses
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return `${first.clause}: expected ${first.expected}, got ${first.actual}${more}`
}

/** One line: clients print it as one. */
const messageOf = (error: SvcMockError, call: GrpcCall): string => {
  const near = nearestOf(error)
    .filter(({ failed: [first] }) => !call.mocked || first?.clause !== 'method')
    .map((one) => `${one.mock} (${one.at}): ${whyNot(one)}`)
  const hint = error.code === 'MOCK_NOT_MATCHED' ? '' : `; ${error.hint}`
  const text = `${error.code}: ${error.message}${near.length === 0 ? hint : `; nearest: ${near.join('; ')}`}`
  const line = text.replace(/\s*\n\s*/g, ' ')
  return line.length <= messageAtMost ? line : `${line.slice(0, messageAtMost - 1)}…`
}

/** As many as headers can carry, the most useful first. */
const detailsOf = (error: SvcMockError): readonly Detail[] => {
  const { details = {} } = error.context
  const near = nearestOf(error)
  const smallest = details['smallestMock']
  const wanted: Detail[] = [
    errorInfo(error.code, { hint: error.hint }),
    ...(near.length === 0
      ? []
      : [
          preconditionFailure(
            near.map((one) => ({
              type: 'MOCK',
              subject: `${one.mock} (${one.at})`,
              description: whyNot(one),
            })),
          ),
        ]),
    ...(typeof smallest === 'string' ? [debugInfo(smallest)] : []),
  ]
  const kept: Detail[] = []
  for (const detail of wanted) {
    if (encodeStatus({ code: 0, message: '', details: [...kept, detail] }).length <= detailsAtMost)
      kept.push(detail)
  }
  return kept
}

/** A fault's HTTP status as clients of gRPC would take it, told as gRPC. */
export const faultStatus = (reply: Reply): SingleReply | undefined => {
  if (reply.kind !== 'single' || firstValue(reply.metadata, 'x-svc-mock-fault') === undefined)
    return undefined
  // It has been told as gRPC already.
  if (firstValue(reply.metadata, 'content-type')?.startsWith('application/') === true) return undefined
  const text = new TextDecoder().decode(reply.body).trim()
  const code = reply.status === 200 ? statusCode('UNKNOWN') : statusOfHttp(reply.status)
  return failed(code, text, { metadata: ['x-svc-mock-fault', 'status'] })
}
