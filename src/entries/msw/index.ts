/** `svc-mock/msw`: a workspace's mocks as request handlers of MSW 3, in a browser and in node. */
import { type HttpHandler, HttpResponse, http, passthrough, type UnhandledFrameHandle } from 'msw'
import type { EngineAnswer } from '../../engine/exchange.ts'
import { type Miss, tellMiss } from './misses.ts'
import { ownPaths } from './own-paths.ts'
import type { HandlerOptions, MockedWorkspace, Unhandled, UnhandledOptions } from './public.ts'
import { responseFor, responseOf } from './response.ts'
import { engineOf } from './workspace.ts'

export type * from './public.ts'

/** Beside the request itself, so that neither MSW nor another handler sees it. */
const missKey = Symbol.for('svc-mock.miss')

type Marked = Request & { [missKey]?: Miss }

/**
 * Handlers for `setupWorker` and `setupServer`. A call of a service is answered from its mocks; one that passes is let through; one that
 * no mock takes, or to a host that no service names, is left to handlers behind these and then to `onUnhandledRequest`.
 * Throws TypeError for what is no workspace.
 */
export const handlers = (workspace: MockedWorkspace, options: HandlerOptions = {}): HttpHandler[] => {
  engineOf(workspace)
  const { services, tenant } = options
  const meant = ownPaths(options)
  const found = new WeakMap<Request, { readonly answer: Answered }>()
  const takes = async (request: Request): Promise<boolean> => {
    const engine = engineOf(workspace)
    const url = meant(request.url)
    const service = engine.serviceAt(url)
    if (service === undefined || services?.includes(service.name) === false) return false
    // What has been through svc-mock already is on its way to the real service.
    const passes = service.mode !== 'mock' || request.headers.has('svcm-hop')
    const answer = passes
      ? undefined
      : await engine.answer(
          { method: request.method, url, headers: headersOf(request, url), body: await bytesOf(request) },
          { signal: request.signal, ...(tenant !== undefined && { tenant }) },
        )
    if (answer?.kind === 'miss') {
      ;(request as Marked)[missKey] = answer
      return false
    }
    found.set(request, { answer })
    return true
  }
  return [
    http.all(
      ({ request }) => takes(request),
      ({ request }) => {
        const { answer } = found.get(request)!
        return answer === undefined ? passthrough() : responseFor(answer, request)
      },
    ),
  ]
}

type Answered = Exclude<EngineAnswer, { readonly kind: 'miss' }> | undefined

/** A request that means another address says another host, or none: the engine adds the right one. */
const headersOf = (request: Request, url: string): [string, string][] =>
  [...request.headers].filter(([name]) => url === request.url || name !== 'host')

const bytesOf = async (request: Request): Promise<Uint8Array | undefined> =>
  request.body === null ? undefined : new Uint8Array(await request.clone().arrayBuffer())

/**
 * For MSW's `onUnhandledFrame`: tells a call that no mock takes with the nearest mocks, and says what becomes of it. Calls to hosts that no
 * service names go on without a word.
 */
export const onUnhandledRequest = (
  strategy: Unhandled = 'warn',
  { print }: UnhandledOptions = {},
): Extract<UnhandledFrameHandle, (...args: never[]) => unknown> => {
  // biome-ignore lint/suspicious/noConsole: it is where MSW tells its own.
  const say = print ?? (strategy === 'error' ? console.error : console.warn)
  return ({ frame }) => {
    const request = requestOf(frame)
    const miss = request?.[missKey]
    if (request === undefined || miss === undefined) return
    say(tellMiss(miss, request.method, request.url))
    // MSW answers with a response that is thrown here.
    if (strategy === 'error') throw HttpResponse.error()
    if (strategy === 'answer') throw responseOf(miss.reply)
  }
}

const requestOf = ({ data }: { readonly data: unknown }): Marked | undefined =>
  (data as { readonly request?: Marked }).request
