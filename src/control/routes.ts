/** What the control address answers. Paths begin with the API's version, so that an older command fails cleanly. */
import type { Running } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'
import type { Mode } from '../core/service-entry.ts'
import { readWish, sendWish } from './message-wishes.ts'

export interface ControlCall {
  readonly method: string
  readonly url: string
  readonly body: string
}

export interface ControlAnswer {
  readonly status: number
  readonly value: unknown
}

type Route = (
  running: Running,
  call: ControlCall,
  url: URL,
  parts: readonly string[],
) => ControlAnswer | Promise<ControlAnswer>

const ok = (value: unknown): ControlAnswer => ({ status: 200, value })

const modes: readonly Mode[] = ['mock', 'passthrough', 'record', 'direct']

/** A field of the body, which is a JSON object. */
const field = (body: string, name: string): unknown => {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new SvcMockError('BAD_CALL', 'the body is no JSON', { cause })
  }
  return (value as Readonly<Record<string, unknown>> | null)?.[name]
}

const optionalText = (body: string, name: string): string | undefined => {
  const value = field(body, name)
  if (value === undefined || typeof value === 'string') return value
  throw new SvcMockError('BAD_CALL', `${name} must be text`)
}

const askedMode = (body: string): Mode => {
  const mode = field(body, 'mode')
  const known = modes.find((name) => name === mode)
  if (known !== undefined) return known
  throw new SvcMockError('FLAG_INVALID', `there is no mode ${JSON.stringify(mode)}`, {
    hint: `use one of ${modes.join(', ')}`,
  })
}

const setMode: Route = (running, { body }, _url, [name = '']) => {
  running.setMode(name, askedMode(body))
  return ok(running.services().find((service) => service.name === name))
}

const reset: Route = (running, { body }) => {
  return ok(running.reset(optionalText(body, 'scenario'), optionalText(body, 'tenant')))
}

const addInstance: Route = async (running, { body }, _url, [tenant = '', service = '']) => {
  const instance = field(body, 'instance')
  const ttlMs = field(body, 'ttlMs')
  const owner = field(body, 'owner')
  if (typeof instance !== 'string' || typeof owner !== 'string' || owner === '' || typeof ttlMs !== 'number')
    throw new SvcMockError('BAD_CALL', 'an instance has instance and owner, which are texts, and ttlMs')
  return ok(await running.tenants.add({ tenant, service, instance, ttlMs, owner }))
}

/** Maps as objects. */
const totals = (running: Running): object => {
  const { services, unknown, allowed, contracts } = running.totals()
  return {
    services: Object.fromEntries(services),
    unknown: Object.fromEntries(unknown),
    allowed: Object.fromEntries(allowed),
    contracts: Object.fromEntries(contracts),
    violations: running.violations(),
  }
}

const routes: readonly { readonly method: string; readonly path: RegExp; readonly answer: Route }[] = [
  {
    method: 'GET',
    path: /^\/v1\/status$/,
    answer: (running) =>
      ok({ pid: process.pid, listen: running.listen, problems: running.problems().length }),
  },
  { method: 'GET', path: /^\/v1\/services$/, answer: (running) => ok({ services: running.services() }) },
  { method: 'PUT', path: /^\/v1\/services\/([^/]+)\/mode$/, answer: setMode },
  { method: 'POST', path: /^\/v1\/reset$/, answer: reset },
  { method: 'GET', path: /^\/v1\/tenants$/, answer: (running) => ok({ tenants: running.tenants.list() }) },
  { method: 'PUT', path: /^\/v1\/tenants\/([^/]+)\/instances\/([^/]+)$/, answer: addInstance },
  {
    method: 'DELETE',
    path: /^\/v1\/tenants\/([^/]+)\/instances(?:\/([^/]+))?$/,
    answer: async (running, _call, url, [tenant = '', service]) => {
      const owner = url.searchParams.get('owner') ?? undefined
      return ok({ removed: await running.tenants.remove(tenant, service, owner) })
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/keys$/,
    answer: async (running, _call, url) => {
      const [tenant, service] = [url.searchParams.get('tenant'), url.searchParams.get('service')]
      return ok({ holdings: await running.keys.list(tenant ?? undefined, service ?? undefined) })
    },
  },
  {
    method: 'DELETE',
    path: /^\/v1\/tenants\/([^/]+)\/keys$/,
    answer: async (running, _call, url, [tenant = '']) => {
      const service = url.searchParams.get('service') ?? undefined
      return ok({ cleaned: await running.keys.clean(tenant, service) })
    },
  },
  {
    method: 'PUT',
    path: /^\/v1\/traces\/([^/]+)$/,
    answer: (running, _call, _url, [trace = '']) => {
      running.tenants.follow(trace)
      return ok({ trace })
    },
  },
  {
    method: 'DELETE',
    path: /^\/v1\/traces\/([^/]+)$/,
    answer: (running, _call, _url, [trace = '']) => ok({ hops: running.tenants.hops(trace) }),
  },
  { method: 'GET', path: /^\/v1\/drills$/, answer: (running) => ok({ drills: running.drills() }) },
  {
    method: 'POST',
    path: /^\/v1\/drills\/([^/]+)$/,
    answer: (running, _call, _url, [name = '']) => ok(running.startDrill(name)),
  },
  {
    method: 'DELETE',
    path: /^\/v1\/drills(?:\/([^/]+))?$/,
    answer: (running, _call, _url, [name]) => ok({ stopped: running.stopDrill(name) }),
  },
  {
    method: 'GET',
    path: /^\/v1\/calls$/,
    answer: (running, _call, url) =>
      ok({
        calls: running.calls({
          miss: url.searchParams.get('miss') === '1',
          violations: url.searchParams.get('violations') === '1',
        }),
      }),
  },
  {
    method: 'POST',
    path: /^\/v1\/messages$/,
    answer: async (running, { body }) => ok(await running.messages.send(sendWish(body))),
  },
  {
    method: 'POST',
    path: /^\/v1\/messages\/read$/,
    answer: async (running, { body }) => ok(await running.messages.read(readWish(body))),
  },
  { method: 'GET', path: /^\/v1\/totals$/, answer: (running) => ok(totals(running)) },
]

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const answer = async (running: Running, call: ControlCall): Promise<ControlAnswer> => {
  const url = URL.parse(call.url, 'http://control')
  const matching = routes.filter(({ path }) => url !== null && path.test(url.pathname))
  const route = matching.find(({ method }) => method === call.method)
  if (url !== null && route !== undefined) {
    const parts = (route.path.exec(url.pathname) ?? [])
      .slice(1)
      .filter((part) => part !== undefined)
      .map(decoded)
    return route.answer(running, call, url, parts)
  }
  const status = matching.length > 0 ? 405 : 404
  return { status, value: { error: { code: 'BAD_CALL', message: `no ${call.method} ${call.url} here` } } }
}
