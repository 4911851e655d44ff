/**
 * Calls that mocks answer, made from what the mocks ask for. Each is tried on the index before it is shown, so that
 * what people paste works.
 */
import type { Config } from '../config/config.ts'
import type { Definitions } from '../core/definitions.ts'
import { SvcMockError } from '../core/errors.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import type { Segment } from '../mock/path-pattern.ts'
import { select } from '../mock/select.ts'
import { homeOf } from '../proxy/services.ts'
import { placeCall } from './explain-call.ts'
import type { Sample, SampleCall } from './sample-call.ts'
import { sampleRpc } from './sample-rpc.ts'
import { entries, guesses, textFor, valueFor } from './sample-values.ts'

/** Looked at before giving up: start must not wait for examples. */
const triedAtMost = 50

/** At most `count`, of different services first. */
export const sampleCalls = async (
  config: Config,
  index: MockIndex,
  count: number,
  definitions: ReadonlyMap<string, Definitions> = new Map(),
): Promise<Sample[]> => {
  const queues = config.services
    .filter(({ mode, protocol }) => mode === 'mock' && (protocol === 'http' || protocol === 'grpc'))
    .map((service) => ({
      service,
      // What asks the real service needs one that can be reached, and a script should not run for a guess.
      mocks: (index.service(service.name)?.mocks ?? [])
        .filter(({ asksUpstream, script }) => !asksUpstream && script === undefined)
        .slice(0, triedAtMost),
    }))
  const found: Sample[] = []
  while (found.length < count && queues.some(({ mocks }) => mocks.length > 0)) {
    for (const { service, mocks } of queues) {
      const home = homeOf(service)
      while (found.length < count && home !== undefined && mocks.length > 0) {
        const mock = mocks.shift()!
        const sample =
          service.protocol === 'grpc'
            ? await sampleRpc(mock, { config, index, definitions }, service)
            : await sampleOf(mock, config, index, service.name)
        if (sample === undefined) continue
        found.push(sample)
        break
      }
    }
  }
  return found
}

/** undefined: no call was found that this mock answers. */
export const sampleOf = async (
  mock: CompiledMock,
  config: Config,
  index: MockIndex,
  service: string,
): Promise<SampleCall | undefined> => {
  const home = homeOf(config.services.find(({ name }) => name === service)!)!
  const request = (mock.request ?? {}) as Readonly<Record<string, unknown>>
  const authority = `${home.host.includes(':') ? `[${home.host}]` : home.host}${home.port === 80 ? '' : `:${home.port}`}`
  const named = (section: string): Readonly<Record<string, unknown>> =>
    (request[section] ?? {}) as Record<string, unknown>
  for (const guess of guesses) {
    const params = named('params')
    const path = mock.pattern.segments
      .map((segment) => `/${encodeURI(segmentText(segment, params, guess))}`)
      .join('')
    const query = new URLSearchParams(entries(named('query'), guess)).toString()
    const headers = entries(named('headers'), guess)
    const body = request['body'] === undefined ? undefined : bodyText(request['body'], guess)
    const type =
      body !== undefined && typeof request['body'] === 'object'
        ? [['content-type', 'application/json'] as const]
        : []
    const url = `http://${authority}${home.basePath}${path}${query === '' ? '' : `?${query}`}`
    const sample: SampleCall = {
      method: mock.method ?? 'GET',
      url,
      headers: [...type, ...headers],
      body,
      mock: mock.where,
    }
    if (await answers(sample, mock, config, index)) return sample
  }
  return undefined
}

const answers = async (
  sample: SampleCall,
  mock: CompiledMock,
  config: Config,
  index: MockIndex,
): Promise<boolean> => {
  const { call } = placeCall(config, {
    method: sample.method,
    url: new URL(sample.url),
    typed: sample.url,
    headers: sample.headers.flat(),
    body: sample.body === undefined ? undefined : new TextEncoder().encode(sample.body),
  })
  try {
    return (await select(index, call)) === mock
  } catch (error) {
    // The script of a mock before it did not understand the guess.
    if (error instanceof SvcMockError) return false
    throw error
  }
}

const segmentText = (segment: Segment, params: Readonly<Record<string, unknown>>, guess: string): string => {
  if (segment.kind === 'literal') return segment.text
  if (segment.kind === 'part') {
    return segment.source.replace(/\{([^{}]*)\}/g, (_all, name: string) => textFor(params[name], guess))
  }
  return textFor(params[segment.name], guess)
}

const bodyText = (spec: unknown, guess: string): string => {
  const value = valueFor(spec, guess)
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
}
