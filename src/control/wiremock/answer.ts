/** A call of WireMock's admin API, and what is answered. */

import type { Running } from '../../app/running.ts'
import { type Fields, isFields } from '../../core/fields.ts'
import { parseJson } from '../../core/json.ts'
import type { Stubs } from './stubs.ts'

export interface AdminCall {
  readonly running: Running
  readonly stubs: Stubs
  /** Named by the path before `/__admin`; undefined: all services. */
  readonly service: string | undefined
  /** Named by `svcm-tenant`; undefined: all tenants, and the process's own where one is meant. */
  readonly tenant: string | undefined
  /** What the route's path has in braces, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: string
}

export interface AdminAnswer {
  readonly status: number
  /** JSON. */
  readonly value: unknown
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/__admin`: `/mappings/{id}`. */
  readonly path: string
  /** `operationId` of the published OpenAPI. */
  readonly operation: string
  readonly answer: (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>
}

/**
 * WireMock's numbers, of which its clients make exceptions: 10 is input that cannot be used, 50 what is not permitted, 109 an id that is
 * taken; others are the status.
 */
type ErrorNumber = 10 | 50 | 109 | 404 | 422

/** In the form that WireMock's clients read. */
export class AdminError extends Error {
  readonly status: number
  readonly number: ErrorNumber
  readonly details: readonly string[]

  constructor(status: number, message: string, details: readonly string[] = [], number: ErrorNumber = 10) {
    super(message)
    this.status = status
    this.number = number
    this.details = details
  }

  /** One error for each detail, so that clients show all of them. */
  get value(): unknown {
    const { number: code, message: title, details } = this
    return {
      errors: details.length === 0 ? [{ code, title }] : details.map((detail) => ({ code, title, detail })),
    }
  }
}

export const ok = (value: unknown = {}): AdminAnswer => ({ status: 200, value })

/** Throws AdminError 422 for anything but a JSON object. */
export const objectOf = (body: string): Fields => {
  const read = parseJson(body)
  if (!read.ok) throw new AdminError(422, `the body is no JSON: ${read.problem}`)
  if (!isFields(read.value)) throw new AdminError(422, 'the body must be a JSON object')
  return read.value
}
