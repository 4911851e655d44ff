/** A call of gRPC that a mock answers, for clients that learn its messages by reflection. */
import type { Config, ServiceConfig } from '../config/config.ts'
import type { Definitions } from '../core/definitions.ts'
import { SvcMockError } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import type { CompiledMock } from '../mock/compiled.ts'
import type { MockIndex } from '../mock/mock-index.ts'
import { matchesPath, splitPath } from '../mock/path-pattern.ts'
import { select } from '../mock/select.ts'
import { homeOf } from '../proxy/services.ts'
import { placeRpc } from './explain-call.ts'
import type { SampleRpc } from './sample-call.ts'
import { entries, guesses, valueFor } from './sample-values.ts'

export interface Known {
  readonly config: Config
  readonly index: MockIndex
  readonly definitions: ReadonlyMap<string, Definitions>
}

/** undefined also where svc-mock would not answer the client's reflection. */
export const sampleRpc = async (
  mock: CompiledMock,
  known: Known,
  service: ServiceConfig,
): Promise<SampleRpc | undefined> => {
  // The name that the program under test calls, also where the real service is elsewhere.
  const home = homeOf({ ...service, upstream: undefined })
  const operation = known.definitions
    .get(service.name)
    ?.operations.find((one) => matchesPath(mock.pattern, splitPath(`/${one}`)))
  if (home === undefined || operation === undefined || service.onMiss !== 'fail') return undefined
  const { message, messages, metadata } = (mock.request ?? {}) as Readonly<Record<string, unknown>>
  const host = home.host.includes(':') ? `[${home.host}]` : home.host
  for (const guess of guesses) {
    const values = messagesFor(message, messages, guess)
    const sample: SampleRpc = {
      operation,
      authority: home.port === 80 ? host : `${host}:${home.port}`,
      metadata: entries((metadata ?? {}) as Readonly<Record<string, unknown>>, guess),
      messages: values.map(jsonOf),
      mock: mock.where,
    }
    if (await answers(sample, messages !== undefined, mock, known, service.name)) return sample
  }
  return undefined
}

const messagesFor = (message: unknown, messages: unknown, guess: string): readonly unknown[] => {
  if (messages === undefined) return message === undefined ? [] : [valueFor(message, guess)]
  const list = valueFor(messages, guess)
  return Array.isArray(list) ? list : [{}]
}

/** 64-bit integers in quotes, as ProtoJSON has them: they keep their digits everywhere. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part))

const answers = async (
  { operation, metadata, messages }: SampleRpc,
  whole: boolean,
  mock: CompiledMock,
  { config, index, definitions }: Known,
  service: string,
): Promise<boolean> => {
  const values = messages.map((text) => {
    const parsed = parseJson(text)
    return parsed.ok ? parsed.value : undefined
  })
  try {
    const { call } = placeRpc(config, definitions, {
      operation,
      service,
      metadata: metadata.flat(),
      message: whole ? values : values[0],
    })
    return (await select(index, call)) === mock
  } catch (error) {
    // The guess does not fit its field, or the script of a mock before it did not understand it.
    if (error instanceof SvcMockError) return false
    throw error
  }
}
