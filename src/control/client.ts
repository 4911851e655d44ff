/** Speaks to a running proxy over its control address. Errors of the other side come back as they were thrown there. */
import { request } from 'node:http'
import type {
  CallFilter,
  CallRecord,
  Cleaned,
  DrillView,
  Holding,
  Hop,
  InstanceView,
  InstanceWish,
  LiveViolation,
  ReadView,
  ReadWish,
  ResetCounts,
  SendWish,
  SentView,
  ServiceView,
  TenantView,
} from '../app/running.ts'
import { type ErrorCode, errors, SvcMockError } from '../core/errors.ts'
import type { Mode } from '../core/service-entry.ts'
import type { RunFile } from './run-file.ts'

const defaultPatienceMs = 2_000
/** For work that grows with what there is, or for which brokers elect leaders and make topics. */
const workPatienceMs = 30_000

class SilentError extends Error {}

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errors, code)

interface Answered {
  readonly status: number
  readonly text: string
}

interface Asked {
  readonly file: RunFile
  readonly patienceMs: number
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const exchange = ({ file, patienceMs, method, path, body }: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const [host, port] = file.address.split(':')
    const headers = { authorization: `Bearer ${file.token}`, 'content-type': 'application/json' }
    const call = request(
      { host, port, method, path, headers, timeout: patienceMs, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.on('error', reject)
      },
    )
    call.on('timeout', () => call.destroy(new SilentError(`no answer within ${patienceMs} ms`)))
    call.on('error', reject)
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })

const thrownThere = (text: string): SvcMockError => {
  const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: string; hint?: string } }
  const code = isCode(error?.code) ? error.code : 'INVARIANT_BROKEN'
  return new SvcMockError(code, error?.message ?? 'the running svc-mock answered nothing', {
    ...(error?.hint !== undefined && { hint: error.hint }),
  })
}

const instancesOf = (tenant: string): string => `/v1/tenants/${encodeURIComponent(tenant)}/instances`

/** With its `?`; nothing for what is undefined. */
const queryOf = (values: Readonly<Record<string, string | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value)
  return query.size === 0 ? '' : `?${query}`
}

export class ControlClient {
  readonly file: RunFile
  readonly #patienceMs: number

  constructor(file: RunFile, patienceMs = defaultPatienceMs) {
    this.file = file
    this.#patienceMs = patienceMs
  }

  /** Whether the process of the run file answers with its own pid; `silent`: the port is open, nobody speaks. */
  async answers(): Promise<'yes' | 'no' | 'silent'> {
    try {
      const { status, text } = await this.#exchange('GET', '/v1/status')
      return status === 200 && (JSON.parse(text) as { pid?: unknown }).pid === this.file.pid ? 'yes' : 'no'
    } catch (error) {
      // Refused, reset or no JSON: whoever has the port now is not it.
      return error instanceof SilentError ? 'silent' : 'no'
    }
  }

  async services(): Promise<readonly ServiceView[]> {
    return (await this.#ask<{ services: ServiceView[] }>('GET', '/v1/services')).services
  }

  async calls({ miss, violations }: CallFilter = {}): Promise<readonly CallRecord[]> {
    const asked = [miss === true && 'miss=1', violations === true && 'violations=1'].filter(Boolean).join('&')
    return (await this.#ask<{ calls: CallRecord[] }>('GET', `/v1/calls?${asked}`)).calls
  }

  async violations(): Promise<readonly LiveViolation[]> {
    return (await this.#ask<{ violations: LiveViolation[] }>('GET', '/v1/totals')).violations
  }

  setMode(service: string, mode: Mode): Promise<ServiceView> {
    return this.#ask<ServiceView>('PUT', `/v1/services/${encodeURIComponent(service)}/mode`, { mode })
  }

  reset(scenario: string | undefined, tenant?: string): Promise<ResetCounts> {
    return this.#ask<ResetCounts>('POST', '/v1/reset', { scenario, tenant })
  }

  async tenants(): Promise<readonly TenantView[]> {
    return (await this.#ask<{ tenants: TenantView[] }>('GET', '/v1/tenants')).tenants
  }

  addInstance({ tenant, service, ...wish }: InstanceWish): Promise<InstanceView> {
    return this.#ask<InstanceView>('PUT', `${instancesOf(tenant)}/${encodeURIComponent(service)}`, wish)
  }

  async removeInstances(
    tenant: string,
    service: string | undefined,
    owner?: string,
  ): Promise<readonly InstanceView[]> {
    const below = service === undefined ? '' : `/${encodeURIComponent(service)}`
    const query = owner === undefined ? '' : `?owner=${encodeURIComponent(owner)}`
    const path = `${instancesOf(tenant)}${below}${query}`
    return (await this.#ask<{ removed: InstanceView[] }>('DELETE', path)).removed
  }

  /** Keys of a tenant, or of all, in embedded caches. */
  async keys(tenant: string | undefined, service: string | undefined): Promise<readonly Holding[]> {
    const query = queryOf({ tenant, service })
    return (await this.#patient<{ holdings: Holding[] }>('GET', `/v1/keys${query}`)).holdings
  }

  async cleanKeys(tenant: string, service: string | undefined): Promise<readonly Cleaned[]> {
    const path = `/v1/tenants/${encodeURIComponent(tenant)}/keys${queryOf({ service })}`
    return (await this.#patient<{ cleaned: Cleaned[] }>('DELETE', path)).cleaned
  }

  async followTrace(trace: string): Promise<void> {
    await this.#ask('PUT', `/v1/traces/${encodeURIComponent(trace)}`)
  }

  async takeHops(trace: string): Promise<readonly Hop[]> {
    return (await this.#ask<{ hops: Hop[] }>('DELETE', `/v1/traces/${encodeURIComponent(trace)}`)).hops
  }

  async drills(): Promise<readonly DrillView[]> {
    return (await this.#ask<{ drills: DrillView[] }>('GET', '/v1/drills')).drills
  }

  startDrill(name: string): Promise<DrillView> {
    return this.#ask<DrillView>('POST', `/v1/drills/${encodeURIComponent(name)}`)
  }

  /** All that run, without a name. */
  async stopDrill(name: string | undefined): Promise<readonly DrillView[]> {
    const path = name === undefined ? '/v1/drills' : `/v1/drills/${encodeURIComponent(name)}`
    return (await this.#ask<{ stopped: DrillView[] }>('DELETE', path)).stopped
  }

  sendMessage(wish: SendWish): Promise<SentView> {
    return this.#ask<SentView>('POST', '/v1/messages', wish, workPatienceMs)
  }

  readMessages(wish: ReadWish): Promise<ReadView> {
    return this.#ask<ReadView>('POST', '/v1/messages/read', wish, workPatienceMs)
  }

  #patient<T>(method: string, path: string): Promise<T> {
    return this.#ask<T>(method, path, undefined, workPatienceMs)
  }

  async #ask<T>(method: string, path: string, body?: unknown, patienceMs?: number): Promise<T> {
    const { status, text } = await this.#exchange(method, path, body, patienceMs)
    if (status !== 200) throw thrownThere(text)
    return JSON.parse(text) as T
  }

  #exchange(method: string, path: string, body?: unknown, patienceMs = this.#patienceMs): Promise<Answered> {
    return exchange({ file: this.file, patienceMs, method, path, body })
  }
}
