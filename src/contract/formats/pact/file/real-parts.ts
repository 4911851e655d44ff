/** What really came over HTTP, in the form that is compared. */
import { bodyOfBytes } from '../body.ts'
import { type Headers, type HeaderValues, splitHeader } from '../compare/headers.ts'
import { readMatchingRules } from '../matching-rules.ts'
import { type PactRequest, type PactResponse, readQuery } from './parts.ts'

interface RealMessage {
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[]
  /** Decoded: without content coding. */
  readonly body: Uint8Array
}

export interface RealResponse extends RealMessage {
  readonly status: number
}

export interface RealRequest extends RealMessage {
  readonly method: string
  readonly path: string
  /** Behind the question mark. */
  readonly query: string
}

export const realResponse = ({ status, headers, body }: RealResponse): PactResponse => ({
  status,
  ...parts(headers, body),
})

export const realRequest = ({ method, path, query, headers, body }: RealRequest): PactRequest => ({
  method,
  path,
  query: readQuery(query),
  ...parts(headers, body),
})

const noRules = readMatchingRules(undefined, { matches: () => () => false })

const parts = (raw: readonly string[], body: Uint8Array) => {
  const headers = headersOf(raw)
  return {
    headers,
    body: bodyOfBytes(body, headers.get('content-type')?.values.join(', ')),
    rules: noRules,
  }
}

const headersOf = (raw: readonly string[]): Headers => {
  const headers = new Map<string, HeaderValues>()
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!
    const key = name.toLowerCase()
    const before = headers.get(key)?.values ?? []
    headers.set(key, { name, values: [...before, ...splitHeader(key, raw[i + 1]!)] })
  }
  return headers
}
