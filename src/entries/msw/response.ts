/** An engine's answer as MSW's response. */
import { bypass, HttpResponse, passthrough } from 'msw'
import type { EngineAnswer, EngineReply, HeaderList } from '../../engine/exchange.ts'

export const responseFor = async (
  answer: Exclude<EngineAnswer, { readonly kind: 'miss' }>,
  request: Request,
  asked: HeaderList,
): Promise<Response> => {
  if (answer.kind === 'reply') return responseOf(answer)
  if (answer.kind === 'bypass') return passed(answer.headers, request, asked)
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

/** As it is, unless a tag was added to it on the way. */
const passed = async (headers: HeaderList, request: Request, asked: HeaderList): Promise<Response> => {
  const known = new Set(asked.map(([name, value]) => `${name.toLowerCase()}: ${value}`))
  const added = headers.filter(
    ([name, value]) =>
      !known.has(`${name.toLowerCase()}: ${value}`) && !/^(?:host|content-length)$/i.test(name),
  )
  if (added.length === 0) return passthrough()
  const tagged = new Request(request.clone())
  for (const [name, value] of added) tagged.headers.set(name, value)
  return fetch(bypass(tagged))
}

const gone = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
