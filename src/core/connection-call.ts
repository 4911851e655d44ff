/** A whole connection that passes as bytes (a blind CONNECT, a tcp port), as one Call: so that it is logged and counted like any other. */
import type { Body } from './body.ts'
import { type Call, type CallContext, newContext, type Tenant } from './call.ts'
import { decodedBody } from './decoded-body.ts'
import type { Metadata } from './metadata.ts'
import type { ServiceEntry } from './service-entry.ts'

export interface ConnectionFacts {
  readonly id: number
  readonly protocol: string
  readonly tenant: Tenant
  readonly service: ServiceEntry
  readonly operation: string
  /** Aborted when the client goes away. */
  readonly signal?: AbortSignal
}

const noBody: Body = {
  empty: true,
  read: () => decodedBody(new Uint8Array(0), ''),
  source: () => ({ pipe: (sink) => sink.end(), resume: () => undefined, cancel: () => undefined }),
}

export class ConnectionCall implements Call {
  readonly id: number
  readonly protocol: string
  tenant: Tenant
  readonly service: ServiceEntry
  readonly operation: string
  readonly version = undefined
  readonly method = 'CONNECT'
  readonly path = '*'
  readonly metadata: Metadata = []
  readonly body = noBody
  readonly oneway = false
  readonly unmocked = true
  readonly signal: AbortSignal
  readonly context: CallContext = newContext()

  constructor(facts: ConnectionFacts) {
    this.id = facts.id
    this.protocol = facts.protocol
    this.tenant = facts.tenant
    this.service = facts.service
    this.operation = facts.operation
    this.signal = facts.signal ?? new AbortController().signal
  }
}
