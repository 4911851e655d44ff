/** Speaks to a running proxy over its control address. Errors of the other side come back as they were thrown there. */
import { request } from 'node:http'
import type { CallRecord, ServiceView } from '../app/running.ts'
import { type ErrorCode, errors, SvcMockError } from '../core/errors.ts'
import type { Mode } from '../core/service-entry.ts'
import type { RunFile } from './run-file.ts'

const timeoutMs = 2_000

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errors, code)

interface Answered {
  readonly status: number
  readonly text: string
}

const exchange = (file: RunFile, method: string, path: string, body?: unknown): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const [host, port] = file.address.split(':')
    const headers = { authorization: `Bearer ${file.token}`, 'content-type': 'application/json' }
    const call = request(
      { host, port, method, path, headers, timeout: timeoutMs, agent: false },
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
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)))
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

export class ControlClient {
  readonly file: RunFile

  constructor(file: RunFile) {
    this.file = file
  }

  /** True when the process of the run file answers with its own pid. */
  async answers(): Promise<boolean> {
    try {
      const { status, text } = await exchange(this.file, 'GET', '/v1/status')
      return status === 200 && (JSON.parse(text) as { pid?: unknown }).pid === this.file.pid
    } catch {
      return false // refused, reset, timed out or no JSON: whoever has the port now is not it
    }
  }

  async services(): Promise<readonly ServiceView[]> {
    return (await this.#ask<{ services: ServiceView[] }>('GET', '/v1/services')).services
  }

  async calls(miss: boolean): Promise<readonly CallRecord[]> {
    return (await this.#ask<{ calls: CallRecord[] }>('GET', `/v1/calls${miss ? '?miss=1' : ''}`)).calls
  }

  setMode(service: string, mode: Mode): Promise<ServiceView> {
    return this.#ask<ServiceView>('PUT', `/v1/services/${encodeURIComponent(service)}/mode`, { mode })
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await exchange(this.file, method, path, body)
    if (status !== 200) throw thrownThere(text)
    return JSON.parse(text) as T
  }
}
