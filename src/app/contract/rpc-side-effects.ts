/**
 * Which methods change nothing: those that say so (`idempotency_level`), and those whose name is a verb of reading, as Google's
 * API Improvement Proposals have them (AIP-131 Get, AIP-132 List, AIP-231 BatchGet, AIP-136 Search) and others use them.
 */
import type { RpcMethod } from '../../protocols/grpc/schema.ts'

const reading =
  /^(?:(?:[Bb]atch_?)?(?:[Gg]et|[Rr]ead)|[Ll]ist|[Ss]earch|[Qq]uery|[Ff]ind|[Ll]ookup|[Dd]escribe|[Cc]ount|[Ww]atch)(?=[A-Z0-9_]|$)/

/** `GetOrCreateOrder`, `ListAndDelete`. */
const twoVerbs = /(?:Or|And)[A-Z]|_(?:or|and)_/

export const changesSomething = ({ service, name, idempotency }: RpcMethod): boolean => {
  if (idempotency !== undefined) return idempotency !== 'NO_SIDE_EFFECTS'
  // Every server has these; they tell of it.
  if (/^grpc\.(?:health|reflection)\./.test(service)) return false
  return !reading.test(name) || twoVerbs.test(name)
}

/** Sent twice it does no more than sent once. */
export const isIdempotent = (rpc: RpcMethod): boolean =>
  rpc.idempotency === 'IDEMPOTENT' || !changesSomething(rpc)
