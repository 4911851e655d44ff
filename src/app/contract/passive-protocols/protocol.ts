/**
 * What one protocol knows of a call that somebody else made to a real service: which mock describes it, and how the reply that
 * came is held against that mock's. Whose mocks they are, and what is told of it, is not its business.
 */
import type { Call, Tenant } from '../../../core/call.ts'
import type { SeenReply } from '../../../core/contract.ts'
import type { CompiledMock } from '../../../mock/compiled.ts'
import type { MockIndex } from '../../../mock/mock-index.ts'
import type { Promised } from '../promises.ts'
import type { ProviderFinding } from '../provider-protocols/protocol.ts'

/** One file per protocol; `index.ts` has the list. `Asked` is the protocol's own, and nobody else looks into it. */
export interface PassiveProtocol<Asked = unknown> {
  /** As in `protocol:` of mock files. */
  readonly name: string
  /** `GET /orders/{id}`, `acme.Inventory/Get`. */
  operationOf(item: Promised): string
  /** The call as mocks would have been asked, in the state of `tenant`. Throws Unheld for one that cannot be read. */
  asked(call: Call, body: Uint8Array, tenant: Tenant): Asked
  /** Which mock describes it; undefined: none does. Throws Unheld, or rejects with it, where that cannot be told. */
  choose(index: MockIndex, asked: Asked): Chosen | Promise<Chosen>
  /** Throws Unheld where the two cannot be compared. */
  compare(item: Promised, call: Call, reply: WholeReply): readonly ProviderFinding[]
}

export type Chosen = CompiledMock | undefined

export interface WholeReply extends SeenReply {
  readonly bytes: Uint8Array
}

/** Why a call is not held against any mock; calls are counted by it: `calls with HEAD`. */
export class Unheld extends Error {}
