/**
 * Calls that mocks answer, made from what the mocks ask for. Each is tried on the index before it is shown, so that
 * what people paste works.
 */
import type { Config } from '../config/config.ts'
import type { SampleRequest } from '../contract/formats/openapi/sample-request.ts'
import type { Call } from '../core/call.ts'
import type { Definitions } from '../core/definitions.ts'
import { SvcMockError } from '../core/errors.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { select } from '../mock/select.ts'
import { homeOf } from '../proxy/services.ts'
import { placeCall } from './explain-call.ts'
import type { Sample, SampleCall } from './sample-call.ts'
import { type DraftRequest, draftRequest } from './sample-request.ts'
import { sampleRpc } from './sample-rpc.ts'
import { guesses } from './sample-values.ts'

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

export interface SampleWishes {
  /** What the service's contract knows of such calls. */
  readonly known?: SampleRequest | undefined
  /** Puts the call where the mock can be met at all: in a version, in a state. */
  readonly place?: (call: Call) => Call
}

/** undefined: no call was found that this mock answers. */
export const sampleOf = async (
  mock: CompiledMock,
  config: Config,
  index: MockIndex,
  service: string,
): Promise<SampleCall | undefined> => {
  const draft = await draftFor(mock, config, index, service)
  return draft && sampleCall(mock, config, service, draft)
}

/** The same, below the service's own address. */
export const draftFor = async (
  mock: CompiledMock,
  config: Config,
  index: MockIndex,
  service: string,
  { known, place = (call) => call }: SampleWishes = {},
): Promise<DraftRequest | undefined> => {
  const rounds = [
    ...(known === undefined ? [] : [{ guess: guesses[0], known, trusting: true }]),
    ...guesses.map((guess) => ({ guess, known })),
  ]
  for (const round of rounds) {
    const draft = draftRequest(mock, round)
    if (await answers(sampleCall(mock, config, service, draft), mock, config, { index, place })) return draft
  }
  return undefined
}

const sampleCall = (
  mock: CompiledMock,
  config: Config,
  service: string,
  { path, query, headers, body }: DraftRequest,
): SampleCall => {
  const home = homeOf(config.services.find(({ name }) => name === service)!)!
  const authority = `${home.host.includes(':') ? `[${home.host}]` : home.host}${home.port === 80 ? '' : `:${home.port}`}`
  const search = query === '' ? '' : `?${query}`
  return {
    method: mock.method ?? 'GET',
    url: `http://${authority}${home.basePath}${mock.pattern.segments.length === 0 ? '' : path}${search}`,
    headers,
    body,
    mock: mock.where,
  }
}

const answers = async (
  sample: SampleCall,
  mock: CompiledMock,
  config: Config,
  { index, place }: { readonly index: MockIndex; readonly place: (call: Call) => Call },
): Promise<boolean> => {
  const { call } = placeCall(config, {
    method: sample.method,
    url: new URL(sample.url),
    typed: sample.url,
    headers: sample.headers.flat(),
    body: sample.body === undefined ? undefined : new TextEncoder().encode(sample.body),
  })
  try {
    return (await select(index, place(call))) === mock
  } catch (error) {
    // The script of a mock before it did not understand the guess.
    if (error instanceof SvcMockError) return false
    throw error
  }
}
