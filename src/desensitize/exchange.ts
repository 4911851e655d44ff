/** What is cleaned: see core/exchange.ts. */
export type { Exchange, NamedFields, RawBody, RecordedBody, RecordedMessage } from '../core/exchange.ts'
