/** The request that a mock describes, to be sent to the real service. */
import type { Config } from '../../config/config.ts'
import { stringifyJson } from '../../core/json.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { ContractSpec } from '../../mock/contract-schema.ts'
import type { MockDefinition } from '../../mock/definition.ts'
import type { MockIndex } from '../../mock/mock-index.ts'
import { draftFor } from '../sample-calls.ts'
import type { ProviderRequest } from './ask-provider.ts'
import type { HttpContract } from './http-contract.ts'
import { inItsPlace } from './in-its-place.ts'
import { fakesIn, realFor } from './real-values.ts'

export type Example = NonNullable<Exclude<ContractSpec, false>['example']>

export type MadeRequest = { readonly request: ProviderRequest } | { readonly notVerifiable: string }

export interface RequestSurroundings {
  readonly config: Config
  readonly index: MockIndex
  /** Real values by their fakes. */
  readonly values: ReadonlyMap<string, string>
  /** Sent with each request; credentials, mostly. */
  readonly headers: readonly (readonly [string, string])[]
  /** undefined: the service has none. */
  readonly httpContract?: HttpContract | undefined
}

/** From what the mock asks for, and from `contract.example`, which says what conditions cannot. */
export const requestOf = async (
  mock: CompiledMock,
  definition: MockDefinition,
  { config, index, values, headers, httpContract }: RequestSurroundings,
): Promise<MadeRequest> => {
  const { request: spec, contract } = definition
  const example: Example = (contract === false ? undefined : contract?.example) ?? {}
  const missing = fakesIn(spec, (section) => isReplaced(section, example)).find((fake) => !values.has(fake))
  if (missing !== undefined)
    return { notVerifiable: 'it asks with a masked value, which the real service does not know' }
  const sample = await draftFor(mock, config, index, mock.service, {
    known: httpContract?.sampleFor(mock),
    place: (call) => inItsPlace(call, mock, definition),
  })
  const path = example.path === undefined ? sample?.path : encodedPath(example.path)
  if (path === undefined) return { notVerifiable: 'no request can be made from its conditions' }
  const query = example.query === undefined ? (sample?.query ?? '') : queryText(example.query)
  const names = new Set(
    [...Object.keys(example.headers ?? {}), ...headers.map(([name]) => name)].map((name) =>
      name.toLowerCase(),
    ),
  )
  const real = realFor(values)
  const text = bodyOf(example) ?? sample?.body
  return {
    request: {
      method: mock.method ?? 'GET',
      target: real(`${path}${query === '' ? '' : `?${query}`}`, encodeURIComponent),
      headers: [
        ...(sample?.headers ?? []).filter(([name]) => !names.has(name.toLowerCase())),
        ...Object.entries(example.headers ?? {})
          .filter(([name]) => headers.every(([given]) => given.toLowerCase() !== name.toLowerCase()))
          .map(([name, value]) => [name, String(value)] as const),
        ...headers,
      ].map(([name, value]) => [name, real(value)] as const),
      body:
        example.bodyBase64 === undefined
          ? text === undefined
            ? undefined
            : new TextEncoder().encode(real(text))
          : Buffer.from(example.bodyBase64, 'base64'),
    },
  }
}

/** What people write unencoded travels encoded; escapes stay. */
const encodedPath = (path: string): string => new URL(path, 'http://any').pathname

const queryText = (query: NonNullable<Example['query']>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])),
  ).toString()

const bodyOf = ({ body }: Example): string | undefined =>
  body === undefined ? undefined : typeof body === 'string' ? body : stringifyJson(body)

const isReplaced = (section: string, example: Example): boolean => {
  if (section === 'params') return example.path !== undefined
  if (section === 'body') return example.body !== undefined || example.bodyBase64 !== undefined
  return Object.hasOwn(example, section)
}
