/** What a run really did: per service, unknown hosts with the line to add, and peers that bypassed the proxy. */
import type { Peer } from '../peers/peer-watch.ts'
import type { CallRecord, Counts, LiveViolation, ServiceView, Totals } from '../running.ts'

export interface ServiceReceipt extends Readonly<Counts> {
  readonly name: string
}

export interface UnknownReceipt {
  /** `host:port`. */
  readonly host: string
  readonly calls: number
  /** Goes under `services:` of svc-mock.yaml. */
  readonly add: string
}

export interface MissReceipt {
  readonly service: string
  readonly operation: string
  readonly calls: number
}

export interface Receipt {
  readonly services: readonly ServiceReceipt[]
  /** Most calls first. */
  readonly missed: readonly MissReceipt[]
  readonly unknown: readonly UnknownReceipt[]
  readonly allowed: readonly { readonly host: string; readonly calls: number }[]
  /** undefined: this system does not let us see. */
  readonly bypassed: readonly Peer[] | undefined
  /** Calls of services whose contract is in force. */
  readonly contracts: { readonly checked: number; readonly unchecked: number; readonly broken: number }
  /** How contracts were broken, each way once. */
  readonly violations: readonly LiveViolation[]
  /** Nothing missed, nothing unknown, nothing bypassed, no contract broken. */
  readonly pure: boolean
}

const none: Counts = { mock: 0, passthrough: 0, miss: 0, error: 0 }

const sum = ({ mock, passthrough, miss, error }: Readonly<Counts>): number =>
  mock + passthrough + miss + error

/** `inventory.test.example.com:80` -> `inventory`; an address has no better name than itself. */
const nameFor = (host: string): string => {
  const isAddress = /^[\d.]+$/.test(host) || host.startsWith('[')
  return isAddress
    ? `service-${host.replace(/[^0-9a-f]+/gi, '-').replace(/^-|-$/g, '')}`
    : host.split('.', 1)[0]!
}

/** One line for svc-mock.yaml: `inventory: { hosts: ['inventory.test.example.com'] }`. */
export const lineToAdd = (hostPort: string): string => {
  const colon = hostPort.lastIndexOf(':')
  const host = hostPort.slice(0, colon)
  const usual = /:(80|443)$/.test(hostPort)
  return `${nameFor(host)}: { hosts: ['${usual ? host : hostPort}'] }`
}

/** Counts distinct missed operations as they come; bounded, because paths may hold anything. */
export class Misses {
  readonly #counts = new Map<string, { service: string; operation: string; calls: number }>()

  add({ outcome, known, service, operation }: CallRecord): void {
    if (outcome !== 'miss' || !known) return
    const key = `${service} ${operation}`
    const found = this.#counts.get(key)
    if (found !== undefined) found.calls += 1
    else if (this.#counts.size < 1_000) this.#counts.set(key, { service, operation, calls: 1 })
  }

  list(): MissReceipt[] {
    return [...this.#counts.values()].sort((a, b) => b.calls - a.calls)
  }
}

const byCalls = (a: { readonly calls: number }, b: { readonly calls: number }): number => b.calls - a.calls

export interface ReceiptSource {
  readonly services: readonly Pick<ServiceView, 'name'>[]
  readonly totals: Totals
  readonly missed: readonly MissReceipt[]
  readonly violations: readonly LiveViolation[]
  readonly bypassed: readonly Peer[] | undefined
}

export const receiptOf = ({ services, totals, missed, violations, bypassed }: ReceiptSource): Receipt => {
  // Those that are called but not configured: calls that were refused, and services that a reload took away.
  const names = new Set([...services.map(({ name }) => name), ...totals.services.keys()])
  const perService = [...names].map((name) => ({ name, ...(totals.services.get(name) ?? none) }))
  const unknown = [...totals.unknown]
    .map(([host, counts]) => ({ host, calls: sum(counts), add: lineToAdd(host) }))
    .sort(byCalls)
  const allowed = [...totals.allowed].map(([host, counts]) => ({ host, calls: sum(counts) })).sort(byCalls)
  const missedAny = [...totals.services.values()].some(({ miss }) => miss > 0)
  const contracts = { checked: 0, unchecked: 0, broken: 0 }
  for (const { checked, unchecked, broken } of totals.contracts.values()) {
    contracts.checked += checked
    contracts.unchecked += unchecked
    contracts.broken += broken
  }
  const pure = !missedAny && unknown.length === 0 && (bypassed ?? []).length === 0 && contracts.broken === 0
  return { services: perService, missed, unknown, allowed, contracts, violations, bypassed, pure }
}
