/** `/mappings`: stubs in memory. Mocks of files are the library's, and are neither listed nor removed here. */

import { isDeepStrictEqual } from 'node:util'
import { isFields } from '../../../core/fields.ts'
import { type AdminAnswer, type AdminCall, AdminError, type AdminRoute, objectOf, ok } from '../answer.ts'
import { stubsByMetadata } from '../by-metadata.ts'
import type { Stub } from '../stubs.ts'

const all = (call: AdminCall): readonly Stub[] => call.stubs.list(call)

const listed = (stubs: readonly Stub[], query?: URLSearchParams): AdminAnswer => {
  const offset = Number(query?.get('offset') ?? 0) || 0
  const limit = Number(query?.get('limit') ?? stubs.length)
  return ok({
    mappings: stubs
      .slice(offset, offset + (Number.isFinite(limit) ? limit : stubs.length))
      .map(({ json }) => json),
    meta: { total: stubs.length },
  })
}

const named = (call: AdminCall): Stub => {
  const id = call.params['id'] ?? ''
  const stub = all(call).find((one) => one.id === id.toLowerCase())
  if (stub === undefined) throw new AdminError(404, `there is no stub ${id}`)
  return stub
}

const removed = (call: AdminCall, stubs: readonly Stub[]): AdminAnswer => {
  call.stubs.remove(stubs)
  return ok()
}

/** By its id, or else by its request, as WireMock finds the stub of a builder. */
const alike = (call: AdminCall): readonly Stub[] => {
  const json = objectOf(call.body)
  const byId = all(call).find(({ id }) => id === json['id'] || id === json['uuid'])
  const found =
    byId ??
    all(call).find(
      (stub) =>
        isDeepStrictEqual(stub.json['request'], json['request']) &&
        isDeepStrictEqual(stub.json['scenarioName'], json['scenarioName']) &&
        isDeepStrictEqual(stub.json['requiredScenarioState'], json['requiredScenarioState']),
    )
  return found === undefined ? [] : [found]
}

const edit = (call: AdminCall, stub: Stub): AdminAnswer =>
  ok(call.stubs.put(objectOf(call.body), stub, stub.id).json)

/** All of them, or none: what cannot be used must not leave the half before it behind. */
const imported = (call: AdminCall): AdminAnswer => {
  const { mappings, importOptions } = objectOf(call.body)
  if (!Array.isArray(mappings) || !mappings.every(isFields))
    throw new AdminError(422, 'mappings must be a list of stubs')
  const { duplicatePolicy = 'OVERWRITE', deleteAllNotInImport = false } = isFields(importOptions)
    ? importOptions
    : {}
  const before = all(call)
  const isThere = (id: unknown): Stub | undefined => before.find((stub) => stub.id === id)
  const wanted = mappings.filter(
    ({ id, uuid }) => duplicatePolicy !== 'IGNORE' || isThere(id ?? uuid) === undefined,
  )
  const put: Stub[] = []
  try {
    // The first of the list is to win over the others, as in files.
    for (const json of wanted.toReversed()) put.push(call.stubs.put(json, call))
  } catch (error) {
    call.stubs.remove(put.filter(({ id }) => isThere(id) === undefined))
    for (const { id } of put) {
      const old = isThere(id)
      if (old !== undefined) call.stubs.put(old.json, old, id)
    }
    throw error
  }
  if (deleteAllNotInImport === true) {
    const kept = new Set([...put.map(({ id }) => id), ...mappings.map(({ id, uuid }) => id ?? uuid)])
    call.stubs.remove(before.filter(({ id }) => !kept.has(id)))
  }
  return ok()
}

/** Stubs that took none of the calls that are kept. */
const unused = (call: AdminCall): readonly Stub[] => {
  const { journal, idOf } = deskOf(call)
  const used = new Set(
    journal.entries().flatMap(({ mock }) => (mock === undefined ? [] : (idOf(mock.where) ?? []))),
  )
  return all(call).filter(({ id }) => !used.has(id))
}

const deskOf = ({ running }: AdminCall) => ({
  journal: running.runTime.journal!,
  idOf: (where: string) => running.runTime.idOf(where),
})

export const mappings: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/mappings',
    operation: 'listMappings',
    answer: (call) => listed(all(call), call.query),
  },
  {
    method: 'POST',
    path: '/mappings',
    operation: 'createMapping',
    answer: (call) => ({ status: 201, value: call.stubs.add(objectOf(call.body), call).json }),
  },
  {
    method: 'DELETE',
    path: '/mappings',
    operation: 'removeMappings',
    answer: (call) => removed(call, all(call)),
  },
  {
    method: 'POST',
    path: '/mappings/reset',
    operation: 'resetMappings',
    answer: (call) => removed(call, all(call)),
  },
  {
    method: 'POST',
    path: '/mappings/import',
    operation: 'importMappings',
    answer: imported,
  },
  {
    method: 'POST',
    path: '/mappings/edit',
    operation: 'editMappingByBody',
    answer: (call) => {
      const [stub] = alike(call)
      if (stub === undefined) throw new AdminError(404, 'there is no such stub')
      return edit(call, stub)
    },
  },
  {
    method: 'POST',
    path: '/mappings/remove',
    operation: 'removeMappingByBody',
    answer: (call) => removed(call, alike(call)),
  },
  {
    method: 'POST',
    path: '/mappings/find-by-metadata',
    operation: 'findMappingsByMetadata',
    answer: async (call) => listed(await stubsByMetadata(call)),
  },
  {
    method: 'POST',
    path: '/mappings/remove-by-metadata',
    operation: 'removeMappingsByMetadata',
    answer: async (call) => removed(call, await stubsByMetadata(call)),
  },
  {
    method: 'GET',
    path: '/mappings/unmatched',
    operation: 'listUnmatchedMappings',
    answer: (call) => listed(unused(call)),
  },
  {
    method: 'DELETE',
    path: '/mappings/unmatched',
    operation: 'removeUnmatchedMappings',
    answer: (call) => removed(call, unused(call)),
  },
  {
    method: 'GET',
    path: '/mappings/{id}',
    operation: 'getMapping',
    answer: (call) => ok(named(call).json),
  },
  {
    method: 'PUT',
    path: '/mappings/{id}',
    operation: 'editMapping',
    answer: (call) => edit(call, named(call)),
  },
  {
    method: 'DELETE',
    path: '/mappings/{id}',
    operation: 'removeMapping',
    answer: (call) => removed(call, [named(call)]),
  },
]
