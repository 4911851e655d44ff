/** Calls that were refused before it was known whose they are: they have a record like any other. */
import type { Call, Tenant } from '../core/call.ts'
import { ConnectionCall } from '../core/connection-call.ts'
import type { RefusedCall } from '../core/protocol.ts'
import type { ServiceEntry } from '../core/service-entry.ts'
import { plainEntry } from './services.ts'

interface RefusedHost {
  readonly tenant: Tenant
  nextId(): number
  finished(call: Call, status: number, startedAt: number): void
  notice(kind: string, text: string): void
}

/** Stands where a service's name does. Not a host that somebody should add to svc-mock.yaml, so it counts as known. */
const nobody: ServiceEntry = { ...plainEntry('(no service)'), known: true }

export const refusedCalls =
  (host: RefusedHost) =>
  ({ protocol, operation, kind, error, status, startedAt, service }: RefusedCall): void => {
    host.notice(`refused ${kind}`, `a call was refused (${error.code}): ${error.message}`)
    // A client that waits to be asked for credentials comes again with them: that is one call.
    if (error.code === 'PROXY_AUTH_REQUIRED') return
    const call = new ConnectionCall({
      id: host.nextId(),
      protocol,
      tenant: host.tenant,
      service: service ?? nobody,
      operation,
    })
    call.context.outcome = 'error'
    call.context.error = error.code
    call.context.note = error.message
    host.finished(call, status, startedAt)
  }
