/** What a mock keeps under `contract:` so that a provider can be asked, and a Pact file be written again. */
import type { ProviderState } from '../file/pact-file.ts'
import type { Fields } from '../json-value.ts'

/** A provider state: its name, or with parameters. */
export type StateSpec = string | { readonly name: string; readonly params?: Fields | undefined }

/** `contract:` of a mock. */
export interface ContractSpec {
  readonly state?: StateSpec | readonly StateSpec[] | undefined
  /** Paths in the body of the reply whose values count, as `$.total`. */
  readonly exact?: readonly string[] | undefined
  readonly example?: ContractExample | undefined
  readonly pact?: PactKept | undefined
}

/** A request that the mock answers, where its conditions are no values. */
export interface ContractExample {
  readonly path?: string | undefined
  readonly query?: Fields | undefined
  readonly headers?: Fields | undefined
  readonly body?: unknown
  /** Bytes that are no text. */
  readonly bodyBase64?: string | undefined
}

export interface PerPart {
  readonly request?: Fields | undefined
  readonly response?: Fields | undefined
}

/** Of the Pact file, what mocks have no word for. */
export interface PactKept {
  readonly consumer?: string | undefined
  /** Where it is not called like the service. */
  readonly provider?: string | undefined
  readonly matchingRules?: PerPart | undefined
  readonly generators?: PerPart | undefined
  /** V4: key, pending, comments. */
  readonly extra?: Fields | undefined
}

export const statesToSpec = (states: readonly ProviderState[]): ContractSpec['state'] => {
  const specs = states.map(({ name, params }): StateSpec => (params === undefined ? name : { name, params }))
  return specs.length <= 1 ? specs[0] : specs
}

export const statesOfSpec = (spec: ContractSpec['state']): readonly ProviderState[] => {
  if (spec === undefined) return []
  return (Array.isArray(spec) ? (spec as readonly StateSpec[]) : [spec as StateSpec]).map((one) =>
    typeof one === 'string' ? { name: one, params: undefined } : { name: one.name, params: one.params },
  )
}

export const filled = (fields: Fields): Fields | undefined =>
  Object.keys(fields).length === 0 ? undefined : fields
