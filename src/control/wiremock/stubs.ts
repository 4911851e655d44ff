/** Stubs that clients have put: their JSON as it was given, and the mock that each became, which is what answers. */

import { randomUUID } from 'node:crypto'
import type { Running } from '../../app/running.ts'
import type { Fields } from '../../core/fields.ts'
import { AdminError } from './answer.ts'
import { mocksOf } from './convert.ts'

export interface Stub {
  readonly id: string
  /** As given, with its id. */
  readonly json: Fields
  readonly service: string | undefined
  readonly tenant: string | undefined
}

/** Which stubs a call means: those of one service, of one tenant; undefined: of all. */
export interface StubScope {
  readonly service: string | undefined
  readonly tenant: string | undefined
}

/** Each is compiled and indexed; beyond this many something puts them in a loop. */
const mostStubs = 10_000
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export class Stubs {
  readonly #desk: Pick<Running['runTime'], 'put' | 'remove'>
  /** In the order in which they were put. */
  readonly #stubs = new Map<string, Stub>()

  constructor(desk: Pick<Running['runTime'], 'put' | 'remove'>) {
    this.#desk = desk
  }

  /** Newest first, as WireMock lists them. */
  list({ service, tenant }: StubScope): readonly Stub[] {
    return [...this.#stubs.values()]
      .filter(
        (stub) =>
          (service === undefined || stub.service === service) &&
          (tenant === undefined || stub.tenant === tenant),
      )
      .reverse()
  }

  get(id: string): Stub | undefined {
    return this.#stubs.get(id.toLowerCase())
  }

  /** Throws AdminError 422. */
  add(json: Fields, scope: StubScope): Stub {
    const id = idOf(json)
    if (this.#stubs.has(id))
      throw new AdminError(422, 'Duplicate stub mapping ID', [`there is a stub ${id} already`], 109)
    return this.put(json, scope, id)
  }

  /** Puts a stub, or replaces the one of its id, which keeps its place. Throws AdminError 422. */
  put(json: Fields, { service, tenant }: StubScope, id = idOf(json)): Stub {
    if (json['persistent'] === true)
      throw new AdminError(422, 'stubs are kept in memory only', [
        'remove "persistent", and write what should stay into a mock file: svc-mock import wiremock',
      ])
    if (!this.#stubs.has(id) && this.#stubs.size >= mostStubs)
      throw new AdminError(422, `there are ${mostStubs} stubs already; remove some`)
    const { file, changed } = mocksOf(json)
    const stub: Stub = { id, json: withChanges({ ...json, id, uuid: id }, changed), service, tenant }
    const problems = this.#desk.put({
      id,
      service,
      file: tenant === undefined ? file : { ...file, tenants: [tenant] },
    })
    if (problems.length > 0)
      throw new AdminError(
        422,
        'the stub cannot be used',
        problems.map(({ message, hint }) => (hint === undefined ? message : `${message} (${hint})`)),
      )
    this.#stubs.set(id, stub)
    return stub
  }

  remove(stubs: readonly Stub[]): void {
    for (const { id } of stubs) this.#stubs.delete(id)
    this.#desk.remove(stubs.map(({ id }) => id))
  }
}

/** Nothing is said otherwise in silence: who put the stub finds it there. */
const withChanges = (json: Fields, changed: readonly string[]): Fields =>
  changed.length === 0
    ? json
    : { ...json, metadata: { ...(json['metadata'] as object | null), 'svc-mock': { changed } } }

const idOf = (json: Fields): string => {
  const id = json['id'] ?? json['uuid']
  if (id === undefined || id === null) return randomUUID()
  if (typeof id === 'string' && uuid.test(id)) return id.toLowerCase()
  throw new AdminError(422, `the id ${JSON.stringify(id)} is no UUID`)
}
