/** The call that `explain` asks about, read from its flags. */
import { readFileSync } from 'node:fs'
import type { ExplainedCall, ExplainedCommand, ExplainedRpc } from '../app/explain-view.ts'
import { SvcMockError } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'

export interface ExplainFlags {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  /** Text, or `@file`. */
  readonly body: string | undefined
}

const wrong = (message: string, hint: string): SvcMockError =>
  new SvcMockError('FLAG_INVALID', message, { hint })

const readUrl = (text: string): URL => {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`)
  if (url !== null && /^https?:$/.test(url.protocol) && !text.startsWith('/')) return url
  throw wrong(
    `${JSON.stringify(text)} is no url`,
    'give it with the host: http://orders.test.example.com/orders/42',
  )
}

const readHeader = (text: string, flag = '--header'): [string, string] => {
  const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/s.exec(text)
  if (match !== null) return [match[1]!, match[2]!]
  throw wrong(`${JSON.stringify(text)} is no header`, `write ${flag} 'name: value'`)
}

export interface ExplainRpcFlags {
  readonly operation: string
  readonly service: string | undefined
  readonly metadata: readonly string[]
  /** JSON, or `@file`. */
  readonly message: string | undefined
}

/** `acme.Inventory/Get`: a method of gRPC and no code of an error. */
export const isRpc = (what: string): boolean => /^\/?[\w.]+\/\w+$/.test(what)

export const readExplainedRpc = ({
  operation,
  service,
  metadata,
  message,
}: ExplainRpcFlags): ExplainedRpc => ({
  operation: operation.replace(/^\//, ''),
  service,
  metadata: metadata.flatMap((text) => readHeader(text, '--metadata')),
  message: message === undefined ? undefined : readMessage(message),
})

const readMessage = (text: string): unknown => {
  const parsed = parseJson(new TextDecoder().decode(readBody(text, '--message')))
  if (parsed.ok) return parsed.value
  throw wrong(`--message is ${parsed.problem}`, `write --message '{"sku": "a"}', or @ and the name of a file`)
}

const readBody = (text: string, flag = '--body'): Uint8Array => {
  if (!text.startsWith('@')) return Buffer.from(text)
  try {
    return readFileSync(text.slice(1))
  } catch (cause) {
    throw new SvcMockError('FLAG_INVALID', `${flag} ${text} cannot be read`, {
      hint: 'give the text itself, or @ and the name of a file',
      cause,
    })
  }
}

export const readExplainedCall = ({ method, url, headers, body }: ExplainFlags): ExplainedCall => {
  if (!/^[A-Za-z-]+$/.test(method))
    throw wrong(`${JSON.stringify(method)} is no method`, 'explain GET http://host/path')
  return {
    method: method.toUpperCase(),
    url: readUrl(url),
    headers: headers.flatMap((text) => readHeader(text)),
    body: body === undefined ? undefined : readBody(body),
  }
}

export interface ExplainCommandFlags {
  readonly service: string
  readonly command: string
  readonly headers: readonly string[]
  readonly key: string | undefined
  /** Text, or `@file`. */
  readonly body: string | undefined
}

export const readExplainedCommand = ({
  service,
  command,
  headers,
  key,
  body,
}: ExplainCommandFlags): ExplainedCommand => ({
  service,
  command,
  headers: headers.flatMap((text) => readHeader(text)),
  key,
  body: body === undefined ? undefined : readBody(body),
})
