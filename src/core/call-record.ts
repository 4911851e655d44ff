/** What is kept of a finished call: no body, no query, no header. */
import type { Call, Outcome, TenantSource } from './call.ts'
import type { Breach, Judged } from './contract.ts'
import { baselineId } from './tenant-name.ts'

export interface CallRecord {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly protocol: string
  readonly service: string
  /** False for a host that no service names. */
  readonly known: boolean
  /** True for a host under allowHosts. */
  readonly allowed: boolean
  readonly operation: string
  /** undefined: the baseline's. */
  readonly tenant?: string | undefined
  /** By what the tenant was known, where it was not by the process. */
  readonly tenantBy?: TenantSource | undefined
  /** Who answered a tenant's call that left. */
  readonly served?: 'tenant' | 'baseline' | undefined
  /** 0 when nothing was answered (the client went away, a fault). */
  readonly status: number
  /** What people call the status, where the number says little. */
  readonly statusWord?: string | undefined
  readonly outcome: Outcome
  /** `file:line` of the mock that answered. */
  readonly mock: string | undefined
  readonly error: string | undefined
  readonly note: string | undefined
  readonly durationMs: number
  /** What in it breaks the service's contract; undefined: none is in force. At most 20. */
  readonly violations?: readonly Breach[]
  /** Why not all of it was held against the contract. */
  readonly unchecked?: string
}

/** With what a contract says of it. */
export const withJudgement = (record: CallRecord, { breaches, unchecked }: Judged): CallRecord => ({
  ...record,
  violations: breaches,
  ...(unchecked !== undefined && { unchecked }),
})

/** `statusWord`: see ProtocolHost.finished. */
export const recordOf = (
  call: Call,
  status: number,
  at: number,
  durationMs: number,
  statusWord?: string,
): CallRecord => {
  const { context, service, tenant } = call
  return {
    id: call.id,
    at,
    protocol: call.protocol,
    service: service.name,
    known: service.known,
    allowed: service.allowed,
    operation: call.operation,
    ...(tenant.id !== baselineId && {
      tenant: tenant.id,
      tenantBy: context.tenantBy,
      served: context.served,
    }),
    status,
    statusWord,
    outcome: context.outcome ?? 'error',
    mock: context.mock?.where,
    error: context.error,
    note: context.note,
    durationMs: Math.round(durationMs * 1000) / 1000,
  }
}
