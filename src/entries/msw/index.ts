/** `svc-mock/msw`: a workspace's mocks as request handlers of MSW 3, in a browser and in node. */
import { type HttpHandler, HttpResponse, http, passthrough, type UnhandledFrameHandle } from 'msw'
import type { Engine } from '../../engine/engine.ts'
import type { EngineAnswer, Told } from '../../engine/exchange.ts'
import { type Miss, tellMiss } from './misses.ts'
import { ownPaths } from './own-paths.ts'
import type { HandlerOptions, MockedWorkspace, Unhandled, UnhandledOptions } from './public.ts'
import { responseFor, responseOf } from './response.ts'
import { checkOptions, engineOf } from './workspace.ts'

export type * from './public.ts'

/** Beside the request itself, so that neither MSW nor another handler sees it. */
const missKey = Symbol.for('svc-mock.miss')

type Marked = Request & { [missKey]?: Miss }

/**
 * Handlers for `setupWorker` and `setupServer`. A call of a service is answered from its mocks; one that passes is let through; one that
 * no mock takes, or to a host that no service names, is left to handlers behind these and then to `onUnhandledRequest`.
 * Throws TypeError for what is no workspace, and for options that mean nobody.
 */
export const handlers = (workspace: MockedWorkspace, options: HandlerOptions = {}): HttpHandler[] => {
  checkOptions(workspace, options)
  const { services, tenant } = options
  const meant = ownPaths(options)
  const found = new WeakMap<Request, { readonly answer: Answered }>()
  const takes = async (request: Request, cookies: Cookies): Promise<boolean> => {
    const engine = engineOf(workspace)
    const url = meant(request.url)
    const service = engine.serviceAt(url)
    if (service === undefined || services?.includes(service.name) === false) return false
    // What has been through svc-mock already is on its way to the real service.
    const passes = service.mode !== 'mock' || request.headers.has('svcm-hop')
    const answer = passes ? undefined : await answered(engine, request, url, cookies)
    if (answer?.kind === 'miss') {
      ;(request as Marked)[missKey] = answer
      return false
    }
    found.set(request, { answer })
    return true
  }
  const answered = async (
    engine: Engine,
    request: Request,
    url: string,
    cookies: Cookies,
  ): Promise<EngineAnswer> => {
    const { method, signal } = request
    const headers = headersOf(request, url, cookies)
    try {
      const body = await bytesOf(request)
      return await engine.answer(
        { method, url, headers, body },
        { signal, ...(tenant !== undefined && { tenant }) },
      )
    } catch (error) {
      // Pages give up calls all the time, and nobody waits for the answer.
      if (signal.aborted) return { kind: 'fault', fault: 'reset', told: givenUp }
      throw error
    }
  }
  return [
    http.all(
      ({ request, cookies }) => takes(request, cookies),
      ({ request }) => {
        const { answer } = found.get(request)!
        return answer === undefined ? passthrough() : responseFor(answer, request)
      },
    ),
  ]
}

const givenUp: Told = { service: '', known: false, operation: '', mock: undefined, note: undefined }

type Answered = Exclude<EngineAnswer, { readonly kind: 'miss' }> | undefined

type Cookies = Readonly<Record<string, string>>

/**
 * A request that means another address says another host, or none: the engine adds the right one. In a browser no request shows its
 * cookies; MSW knows them.
 */
const headersOf = (request: Request, url: string, cookies: Cookies): [string, string][] => {
  const headers = [...request.headers].filter(([name]) => url === request.url || name !== 'host')
  const shown = typeof document === 'undefined' || request.headers.has('cookie')
  const kept = shown ? [] : Object.entries(cookies)
  return kept.length === 0 ? headers : [...headers, ['cookie', kept.map(asPair).join('; ')]]
}

const asPair = ([name, value]: readonly [string, string]): string =>
  `${name}=${/[\s;,"]/.test(value) ? encodeURIComponent(value) : value}`

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
