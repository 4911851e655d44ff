/** An engine's answer as MSW's response. */
import { HttpResponse, passthrough } from 'msw'
import type { EngineAnswer, EngineReply } from '../../engine/exchange.ts'

export const responseFor = async (
  answer: Exclude<EngineAnswer, { readonly kind: 'miss' }>,
  request: Request,
): Promise<Response> => {
  if (answer.kind === 'reply') return responseOf(answer)
  // As it is: a tag of the tenant's would be one more thing to ask other origins for.
  if (answer.kind === 'bypass') return passthrough()
  // Nothing ever comes, until the client has had enough.
  if (answer.fault === 'stall') await gone(request.signal)
  return HttpResponse.error()
}

/** These have no body (Fetch standard, null body status). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

export const responseOf = ({ status, statusText, headers, body }: EngineReply): Response =>
  new HttpResponse(bodiless.has(status) ? null : ((body ?? null) as BodyInit | null), {
    status,
    ...(statusText !== undefined && { statusText }),
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  })

const gone = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
