/**
 * Calls that mocks answer, made from what the mocks ask for. Each is tried on the index before it is shown, so that
 * what people paste works.
 */
import type { Config } from '../config/config.ts'
import { SvcMockError } from '../core/errors.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import type { Segment } from '../mock/path-pattern.ts'
import { select } from '../mock/select.ts'
import { homeOf } from '../proxy/services.ts'
import { placeCall } from './explain-call.ts'
import type { SampleCall } from './sample-call.ts'

/** Looked at before giving up: start must not wait for examples. */
const triedAtMost = 50

/** At most `count`, of different services first. */
export const sampleCalls = async (config: Config, index: MockIndex, count: number): Promise<SampleCall[]> => {
  const queues = config.services
    .filter(({ mode, protocol }) => mode === 'mock' && protocol === 'http')
    .map((service) => ({
      service,
      // What asks the real service needs one that can be reached, and a script should not run for a guess.
      mocks: (index.service(service.name)?.mocks ?? [])
        .filter(({ asksUpstream, script }) => !asksUpstream && script === undefined)
        .slice(0, triedAtMost),
    }))
  const found: SampleCall[] = []
  while (found.length < count && queues.some(({ mocks }) => mocks.length > 0)) {
    for (const { service, mocks } of queues) {
      const home = homeOf(service)
      while (found.length < count && home !== undefined && mocks.length > 0) {
        const sample = await sampleOf(mocks.shift()!, config, index, service.name)
        if (sample === undefined) continue
        found.push(sample)
        break
      }
    }
  }
  return found
}

const sampleOf = async (
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

/** Values for conditions that name none. */
const guesses = [
  '42',
  '1',
  'a',
  'A-1',
  'abc',
  '2026-01-01',
  'test',
  '12345678-1234-4234-8234-123456789abc',
  'C1',
  'user@example.com',
] as const

const segmentText = (segment: Segment, params: Readonly<Record<string, unknown>>, guess: string): string => {
  if (segment.kind === 'literal') return segment.text
  if (segment.kind === 'part') {
    return segment.source.replace(/\{([^{}]*)\}/g, (_all, name: string) => textFor(params[name], guess))
  }
  return textFor(params[segment.name], guess)
}

const entries = (conditions: Readonly<Record<string, unknown>>, guess: string): [string, string][] =>
  Object.entries(conditions).flatMap(([name, spec]): [string, string][] =>
    isAbsent(spec) ? [] : [[name, textFor(spec, guess)]],
  )

const isAbsent = (spec: unknown): boolean =>
  typeof spec === 'object' && spec !== null && '$absent' in spec && spec.$absent === true

const textFor = (spec: unknown, guess: string): string => {
  const value = valueFor(spec, guess)
  return typeof value === 'object' && value !== null ? guess : String(value)
}

const bodyText = (spec: unknown, guess: string): string => {
  const value = valueFor(spec, guess)
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))
}

/** A value that might meet the condition; whether it does is tried. */
const valueFor = (spec: unknown, guess: string): unknown => {
  if (spec === undefined) return guess
  if (Array.isArray(spec)) return spec.map((item) => valueFor(item, guess))
  if (typeof spec !== 'object' || spec === null) return spec
  const [first] = Object.entries(spec)
  if (first?.[0].startsWith('$') === true) return operand(first[0], first[1], guess)
  return Object.fromEntries(Object.entries(spec).map(([key, child]) => [key, valueFor(child, guess)]))
}

const operand = (operator: string, spec: unknown, guess: string): unknown => {
  switch (operator) {
    case '$equalTo':
    case '$contains':
    case '$equalToNumber':
    case '$greaterThanOrEqual':
    case '$lessThanOrEqual':
    case '$equalToJson':
    case '$equalToXml':
    case '$hasExactly':
    case '$includes':
      return spec
    case '$greaterThan':
      return Number(spec) + 1
    case '$lessThan':
      return Number(spec) - 1
    case '$oneOf':
    case '$or':
    case '$and':
      return Array.isArray(spec) ? valueFor(spec[0], guess) : guess
    case '$type':
      return (
        { string: guess, number: 1, integer: 1, boolean: true, object: {}, array: [], null: null }[
          String(spec)
        ] ?? guess
      )
    default:
      return guess
  }
}
