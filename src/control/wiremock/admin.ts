/**
 * The part of WireMock's admin API that its clients use, below `/__admin` of the control address, or below `/<service>/__admin` for one
 * service. What is not served says so with 501 and the way that svc-mock has for it.
 */
import type { Running } from '../../app/running.ts'
import { SvcMockError } from '../../core/errors.ts'
import { baselineId, tenantNameProblem } from '../../core/tenant-name.ts'
import { type AdminAnswer, AdminError, type AdminRoute } from './answer.ts'
import { routes } from './routes/index.ts'
import { Stubs } from './stubs.ts'

export interface AdminRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The value of `svcm-tenant`. */
  readonly tenant: string | undefined
  readonly body: string
}

const place = /^(?:\/([^/]+))?\/__admin(\/.*|)$/

export const isAdminPath = (url: string): boolean => place.test(pathOf(url))

interface CompiledRoute {
  readonly route: AdminRoute
  readonly pattern: RegExp
}

const compiled: readonly CompiledRoute[] = routes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

/** Why, and what to do, by the beginning of the path. */
const elsewhere: readonly (readonly [path: string, hint: string])[] = [
  ['/mappings/save', 'stubs live in memory; write a mock file, or svc-mock import wiremock'],
  ['/recordings', 'svc-mock record writes real answers as fixtures, desensitized'],
  ['/recorder', 'svc-mock record writes real answers as fixtures, desensitized'],
  ['/files', 'files that answers are made of lie in the library of mocks, beside their mock file'],
  ['/shutdown', 'svc-mock is ended by who started it'],
  ['/certs', 'svc-mock ca export gives the certificate'],
  ['/docs', 'schemas/wiremock-admin.openapi.yaml of the package describes what is served'],
]

export class WireMockAdmin {
  readonly #running: Running
  readonly #stubs: Stubs

  constructor(running: Running) {
    this.#running = running
    this.#stubs = new Stubs(running.runTime)
  }

  async answer(request: AdminRequest): Promise<AdminAnswer> {
    try {
      return await this.#answer(request)
    } catch (error) {
      if (error instanceof AdminError) return { status: error.status, value: error.value }
      if (!(error instanceof SvcMockError) || error.fault !== 'user') throw error
      const { message, hint } = error
      return { status: 422, value: new AdminError(422, message, hint === undefined ? [] : [hint]).value }
    }
  }

  #answer({ method, url, tenant, body }: AdminRequest): AdminAnswer | Promise<AdminAnswer> {
    if (this.#running.runTime.journal === undefined)
      throw new AdminError(501, "WireMock's admin API is switched off", [
        'write control: { wiremock: true } into svc-mock.yaml, or start with --wiremock',
      ])
    const [, prefix, path = ''] = place.exec(pathOf(url)) ?? []
    const service = prefix === undefined ? undefined : this.#service(decoded(prefix))
    const fitting = compiled.filter(({ pattern }) => pattern.test(path))
    const found = fitting.find(({ route }) => route.method === method)
    if (found === undefined) throw notServed(method, path, fitting.length > 0)
    const { groups = {} } = found.pattern.exec(path) ?? {}
    return found.route.answer({
      running: this.#running,
      stubs: this.#stubs,
      service,
      tenant: tenantOf(tenant),
      params: Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decoded(text)])),
      query: new URLSearchParams(url.slice(pathOf(url).length)),
      body,
    })
  }

  #service(name: string): string {
    const services = this.#running.runTime.services()
    if (services.includes(name)) return name
    throw new AdminError(404, `there is no service ${name} that speaks HTTP`, [
      `services: ${services.join(', ') || 'none'}`,
    ])
  }
}

const notServed = (method: string, path: string, otherwise: boolean): AdminError => {
  const hint = elsewhere.find(([begin]) => path === begin || path.startsWith(`${begin}/`))?.[1]
  const what = otherwise ? `${method} on /__admin${path}` : `/__admin${path}`
  return new AdminError(501, `svc-mock does not serve ${what}`, hint === undefined ? [] : [hint], 50)
}

/** Throws AdminError 422. */
const tenantOf = (id: string | undefined): string | undefined => {
  if (id === undefined || id === '') return undefined
  const problem = id === baselineId ? undefined : tenantNameProblem(id)
  if (problem !== undefined) throw new AdminError(422, `svcm-tenant: ${JSON.stringify(id)} ${problem}`)
  return id
}

const pathOf = (url: string): string => /^[^?]*/.exec(url)![0]

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
