/** A message on its way to the thread that records, and there again. */
import type { Exchange, RecordedBody } from '../core/exchange.ts'
import type { MessageFixture } from '../core/fixture.ts'
import { type MessageContent, messageExchange } from './message-exchange.ts'
import type { MessagePlace, RawRecord } from './records.ts'

/** Header values as they are, one character a byte. */
export const messageRecord = (
  place: Pick<Exchange, 'protocol' | 'service'>,
  { key, value: bytes, json, headers, ...rest }: MessageFixture,
): Omit<RawRecord, 'case'> => {
  const value = json === undefined ? bytes : Buffer.from(json)
  return {
    at: rest.timestamp,
    message: {
      topic: rest.topic,
      log: rest.log,
      partition: rest.partition,
      offset: rest.offset,
      timestamp: rest.timestamp,
      hasKey: key !== null,
      hasValue: value !== null,
      isJson: json !== undefined,
    },
    exchange: {
      ...place,
      operation: `Produce ${rest.topic}`,
      request: {
        headers: headers.flatMap((header) => [
          header.name,
          Buffer.from(header.value ?? []).toString('latin1'),
        ]),
        bodies: [key, value].flatMap((one): RecordedBody[] =>
          one === null ? [] : [{ kind: 'bytes', bytes: one }],
        ),
      },
      reply: { headers: [], bodies: [] },
    },
  }
}

/** Decoded, as it is made clean. */
export const decodedMessage = (raw: Exchange, message: MessagePlace): Exchange => {
  const { protocol, service, version, request } = raw
  const bodies = request.bodies.map((body) => (body.kind === 'bytes' ? body.bytes : new Uint8Array(0)))
  const value = message.hasValue ? bodies.at(-1)! : null
  const content: MessageContent = {
    topic: message.topic,
    json: message.isJson && value !== null ? Buffer.from(value).toString() : undefined,
    key: message.hasKey ? bodies[0]! : null,
    value,
    headers: request.headers.flatMap((name, i) =>
      i % 2 === 0 ? [{ name, value: Buffer.from(request.headers[i + 1]!, 'latin1') }] : [],
    ),
  }
  return messageExchange({ protocol, service, ...(version !== undefined && { version }) }, content)
}
