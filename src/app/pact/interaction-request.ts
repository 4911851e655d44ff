/** What is sent to the provider: the request of an interaction, or the question for a message by Pact's protocol over HTTP. */
import type { Body } from '../../contract/formats/pact/body.ts'
import { bodyOfBytes } from '../../contract/formats/pact/body.ts'
import type { MessageInteraction, Part } from '../../contract/formats/pact/file/pact-file.ts'
import type { PactMessage, PactRequest } from '../../contract/formats/pact/file/parts.ts'
import { type Fields, isFields, readJson } from '../../contract/formats/pact/json-value.ts'
import { readMatchingRules } from '../../contract/formats/pact/matching-rules.ts'
import { bodyKindOf, formatMediaType } from '../../contract/formats/pact/media-type.ts'
import type { ProviderReply, ProviderRequest } from '../contract/ask-provider.ts'

type SentHeaders = ProviderRequest['headers']

/** What belongs to the connection, or follows from the body that is really sent. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
])

/** `more` replaces headers of the file: credentials, mostly. */
export const requestFor = (request: Part<PactRequest>, more: SentHeaders): ProviderRequest => {
  const taken = new Set(more.map(([name]) => name.toLowerCase()))
  const body = bytesOf(request)
  const given = [...request.headers].flatMap(([key, { name, values }]) =>
    ownHeaders.has(key) || taken.has(key) ? [] : [[name, values.join(', ')] as const],
  )
  const typed = body === undefined || request.headers.has('content-type') || taken.has('content-type')
  const type = typed ? undefined : typeOf(request.body)
  return {
    method: request.method.toUpperCase(),
    target: targetOf(request),
    headers: [...given, ...(type === undefined ? [] : [['content-type', type] as const]), ...more],
    body,
  }
}

/** Files hold paths as they are meant, so what a URL cannot hold is encoded; what is encoded already stays. */
const targetOf = ({ path, query }: PactRequest): string => {
  const encoded = `${path.startsWith('/') ? '' : '/'}${path}`.replace(
    /%(?![0-9A-Fa-f]{2})|[^!$%&'()*+,\-./0-9:;=@A-Z_a-z~]+/g,
    (text) => encodeURIComponent(text.toWellFormed()),
  )
  const pairs = [...query].flatMap(([name, values]) => values.map((value) => [name, value]))
  return pairs.length === 0 ? encoded : `${encoded}?${new URLSearchParams(pairs).toString()}`
}

const bytesOf = ({ body, headers }: PactRequest): Uint8Array | undefined => {
  if (body.kind === 'present') return body.content.bytes()
  const isJson = /\bjson\b/i.test(headers.get('content-type')?.values[0] ?? '')
  return body.kind === 'null' && isJson ? new TextEncoder().encode('null') : undefined
}

const typeOf = (body: Body): string | undefined => {
  if (body.kind !== 'present' || body.type === undefined) return undefined
  return bodyKindOf(body.type) === 'json' ? 'application/json' : formatMediaType(body.type)
}

/** `POST { description, providerStates, request }`; the last of synchronous messages only. */
export const questionFor = (
  { description, states, request }: MessageInteraction,
  target: string,
  more: SentHeaders,
): ProviderRequest => ({
  method: 'POST',
  target,
  headers: [
    ['content-type', 'application/json'],
    ...more.filter(([name]) => name.toLowerCase() !== 'content-type'),
  ],
  body: new TextEncoder().encode(
    JSON.stringify({
      description,
      ...(request !== undefined && { request }),
      ...(states.length > 0 && {
        providerStates: states.map(({ name, params }) => ({ name, ...(params !== undefined && { params }) })),
      }),
    }),
  ),
})

const noRules = readMatchingRules(undefined, { matches: () => () => false })

/** The message: the body; its metadata: in base64 in a header, and the body's content type. */
export const messageIn = ({ headers, body }: ProviderReply): PactMessage => {
  const header = (wanted: string): string | undefined => {
    for (let i = 0; i + 1 < headers.length; i += 2)
      if (headers[i]!.toLowerCase() === wanted) return headers[i + 1]
    return undefined
  }
  const type = header('content-type')
  const metadata = new Map<string, unknown>(type === undefined ? [] : [['contentType', type]])
  for (const [name, value] of Object.entries(metadataIn(header('pact-message-metadata')))) {
    if (/^content-?type$/i.test(name)) metadata.delete('contentType')
    metadata.set(name, value)
  }
  return { metadata, contents: bodyOfBytes(body, type), rules: noRules }
}

const metadataIn = (encoded: string | undefined): Fields => {
  const read = readJson(Buffer.from(encoded ?? '', 'base64').toString('utf8'))
  return read.ok && isFields(read.value) ? read.value : {}
}
