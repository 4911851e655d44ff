/** A session with a key of the test's own, and exchanges around a body. */
import { type CleanExchange, desensitize } from '../../src/desensitize/desensitize.ts'
import type { Exchange, RecordedMessage } from '../../src/desensitize/exchange.ts'
import { Ledger } from '../../src/desensitize/ledger.ts'
import { MaskKey } from '../../src/desensitize/mask-key.ts'
import type { Policy } from '../../src/desensitize/policy.ts'
import { defaultPolicy } from '../../src/desensitize/policy.ts'
import { Session } from '../../src/desensitize/session.ts'

export const keyText = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

export const testKey = (text = keyText): MaskKey => {
  const key = MaskKey.parse(text)
  if (typeof key === 'string') throw new Error(key)
  return key
}

export const testSession = (policy: Partial<Policy> = {}, ledger = new Ledger()): Session =>
  new Session({ key: testKey(), ledger, policy: { ...defaultPolicy, ...policy } })

export interface Parts {
  readonly target?: string
  readonly headers?: readonly string[]
  readonly contentType?: string
  readonly body?: string | Uint8Array
}

const message = ({ target, headers = [], contentType, body }: Parts): RecordedMessage => ({
  ...(target !== undefined && { target }),
  headers: contentType === undefined ? headers : [...headers, 'content-type', contentType],
  bodies: body === undefined ? [] : [{ kind: 'bytes', bytes: Buffer.from(body) }],
})

export const exchange = (request: Parts, reply: Parts = {}): Exchange => ({
  protocol: 'http',
  service: 'orders',
  operation: `POST ${request.target ?? '/orders'}`,
  request: message({ target: '/orders', ...request }),
  reply: { status: 200, ...message(reply) },
})

export const cleaned = (dirty: Exchange, session = testSession()): CleanExchange => {
  const outcome = desensitize(dirty, session)
  if (outcome.kind === 'quarantine') throw new Error(JSON.stringify(outcome.reasons))
  return outcome.exchange
}

export const bodyText = ({ bodies }: RecordedMessage): string =>
  bodies
    .map((body) =>
      body.kind === 'bytes' ? Buffer.from(body.bytes).toString('utf8') : JSON.stringify(body.value),
    )
    .join('\n')

/** The body of a reply in JSON, masked. */
export const maskedJson = (body: string, session = testSession()): string =>
  bodyText(cleaned(exchange({}, { contentType: 'application/json', body }), session).reply)

export const everythingOf = ({ operation, request, reply }: Exchange): string =>
  [operation, request, reply]
    .map((side) =>
      typeof side === 'string'
        ? side
        : [side.target ?? '', ...side.headers, ...(side.trailers ?? []), bodyText(side)].join('\n'),
    )
    .join('\n')
