/** One exchange as HTTP Archive 1.2 has it. */
import type { SingleReply } from '../../../core/reply.ts'

interface NameValue {
  readonly name: string
  readonly value: string
}

export interface HarEntry {
  readonly startedDateTime: string
  readonly time: number
  readonly request: Readonly<Record<string, unknown>>
  readonly response: Readonly<Record<string, unknown>>
  readonly cache: Readonly<Record<string, never>>
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number }
  /** The mock. */
  readonly comment: string
}

export interface AskedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | undefined
}

export const harEntry = (
  { method, url, headers, body }: AskedRequest,
  reply: SingleReply,
  { name, at }: { readonly name: string; readonly at: number },
): HarEntry => {
  const replyHeaders = pairsOf(reply.metadata)
  const type = replyHeaders.find((one) => one.name.toLowerCase() === 'content-type')?.value ?? ''
  const bytes = reply.body ?? new Uint8Array()
  const sent = body === undefined || body.length === 0 ? undefined : body
  return {
    startedDateTime: new Date(at).toISOString(),
    time: 0,
    request: {
      method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: cookiesOf(headers),
      headers: headers.map(([header, value]) => ({ name: header, value })),
      queryString: [...new URL(url).searchParams].map(([key, value]) => ({ name: key, value })),
      ...(sent !== undefined && {
        postData: {
          mimeType: headers.find(([header]) => header.toLowerCase() === 'content-type')?.[1] ?? '',
          ...contentOf(sent),
        },
      }),
      headersSize: -1,
      bodySize: sent?.length ?? 0,
    },
    response: {
      status: reply.status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: replyHeaders
        .filter((one) => one.name.toLowerCase() === 'set-cookie')
        .map(({ value }) => cookieOf(value.split(';', 1)[0]!)),
      headers: replyHeaders,
      content: { size: bytes.length, mimeType: type, ...(bytes.length > 0 && contentOf(bytes)) },
      redirectURL: replyHeaders.find((one) => one.name.toLowerCase() === 'location')?.value ?? '',
      headersSize: -1,
      bodySize: bytes.length,
    },
    cache: {},
    timings: { send: 0, wait: 0, receive: 0 },
    comment: name,
  }
}

/** Text as it is, other bytes in base64. */
const contentOf = (bytes: Uint8Array): { readonly text: string; readonly encoding?: string } => {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { text: Buffer.from(bytes).toString('base64'), encoding: 'base64' }
  }
}

const pairsOf = (metadata: readonly string[]): readonly NameValue[] => {
  const pairs: NameValue[] = []
  for (let i = 0; i < metadata.length; i += 2) pairs.push({ name: metadata[i]!, value: metadata[i + 1]! })
  return pairs
}

const cookiesOf = (headers: readonly (readonly [string, string])[]): readonly NameValue[] =>
  headers
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';').map(cookieOf))

const cookieOf = (text: string): NameValue => {
  const equals = text.indexOf('=')
  return equals < 0
    ? { name: text.trim(), value: '' }
    : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }
}
