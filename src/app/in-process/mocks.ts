/** Mocks inside another program: what its tests do with them. */
import { SvcMockError } from '../../core/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import type { EngineReply } from '../../engine/exchange.ts'
import { nearest } from '../nearest.ts'
import type { RunningProxy } from '../running-proxy.ts'
import { listOf } from './calls.ts'
import { Interception } from './interception.ts'
import type { Calls, Mocks } from './public.ts'
import type { SeenCalls } from './seen-calls.ts'

export interface MocksParts {
  readonly folder: string
  readonly running: RunningProxy
  readonly seen: SeenCalls
  readonly engine: Engine
}

export class InProcessMocks implements Mocks {
  readonly folder: string
  /** For entry points that speak for other libraries. */
  readonly engine: Engine
  readonly running: RunningProxy
  private readonly seen: SeenCalls
  private interception: Interception | undefined

  constructor({ folder, running, seen, engine }: MocksParts) {
    this.folder = folder
    this.running = running
    this.seen = seen
    this.engine = engine
  }

  intercept(): this {
    if (this.interception !== undefined) return this
    this.interception = new Interception(this.running.inside)
    this.interception.begin()
    return this
  }

  restore(): void {
    this.interception?.end()
    this.interception = undefined
  }

  calls(mock?: string): Calls {
    const all = listOf(this.seen.all())
    if (mock === undefined) return all
    const named = this.named(mock)
    return listOf(all.filter((call) => call.mock !== undefined && named.has(call.mock.where)))
  }

  /** Where mocks of this name stand. Throws OPTION_INVALID. */
  private named(name: string): ReadonlySet<string> {
    const mocks = this.running.mocks()
    const found = mocks.filter((mock) => mock.name === name || `${mock.service}: ${mock.name}` === name)
    if (found.length > 0) return new Set(found.map(({ where }) => where))
    const names = mocks.map((mock) => mock.name)
    const meant = nearest(name, names)
    throw new SvcMockError('OPTION_INVALID', `no mock is named ${name}`, {
      hint: meant === undefined ? `names of mocks: svc-mock list` : `did you mean ${meant}?`,
    })
  }

  reset(): void {
    this.running.reset()
    this.seen.forget()
  }

  setMode(service: string, mode: 'mock' | 'passthrough' | 'direct'): void {
    this.running.setMode(service, mode)
  }

  async answer(request: Request): Promise<Response> {
    const body = request.body === null ? undefined : await request.bytes()
    const answer = await this.engine.answer(
      { method: request.method, url: request.url, headers: [...request.headers], body },
      { signal: request.signal },
    )
    if (answer.kind === 'miss') return responseOf(answer.reply)
    if (answer.kind === 'reply') return responseOf(answer)
    if (answer.kind === 'fault')
      throw Object.assign(new TypeError(`the mock breaks the connection: ${answer.fault}`), {
        code: answer.fault === 'reset' ? 'ECONNRESET' : 'ECONNABORTED',
      })
    throw new SvcMockError('INVARIANT_BROKEN', 'what passes is sent by the proxy')
  }

  async close(): Promise<void> {
    this.restore()
    await this.running.close(0)
  }

  [Symbol.dispose](): void {
    void this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

const responseOf = ({ status, statusText, headers, body }: EngineReply): Response =>
  new Response(body as BodyInit | undefined, {
    status,
    ...(statusText !== undefined && { statusText }),
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  })
