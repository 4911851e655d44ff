/** Our own failures as HTTP answers: `application/problem+json` (RFC 9457) with the code in a header too. */
import { utf8Bytes } from '../../core/bytes.ts'
import { type ErrorCode, SvcMockError } from '../../core/errors.ts'
import type { SingleReply } from '../../core/reply.ts'

/** 502 says "not me, what is behind me", which clients and people read right for a missing mock too. */
const statusOf: Partial<Readonly<Record<ErrorCode, number>>> = {
  LOOP: 508,
  BAD_CALL: 400,
  CALL_BREAKS_CONTRACT: 400,
  MISDIRECTED: 421,
  CROSS_SITE_REFUSED: 403,
  PROXY_AUTH_REQUIRED: 407,
  UPSTREAM_REFUSED: 403,
  PRODUCTION_REFUSED: 403,
  INVARIANT_BROKEN: 500,
}

const otherwise = 502

/** Whatever was thrown, as an error of the table: what is not ours to throw is a bug. */
export const asSvcMockError = (error: unknown): SvcMockError =>
  error instanceof SvcMockError
    ? error
    : new SvcMockError(
        'INVARIANT_BROKEN',
        error instanceof Error ? (error.stack ?? error.message) : String(error),
        { cause: error },
      )

export const problemReply = (
  error: SvcMockError,
  status = statusOf[error.code] ?? otherwise,
): SingleReply => {
  const document = {
    type: `urn:svc-mock:${error.code}`,
    title: error.message,
    status,
    code: error.code,
    hint: error.hint,
    ...error.context.details,
  }
  const body = utf8Bytes(`${JSON.stringify(document, null, 2)}\n`)
  const metadata = [
    'content-type',
    'application/problem+json',
    'x-svc-mock-error',
    error.code,
    'content-length',
    String(body.length),
  ]
  if (error.code === 'PROXY_AUTH_REQUIRED') metadata.push('proxy-authenticate', 'Basic realm="svc-mock"')
  return { kind: 'single', status, metadata, body }
}
