/** `/requests`: the journal, and questions about it. */
import type { JournalEntry } from '../../../app/running.ts'
import { type AdminAnswer, type AdminCall, AdminError, type AdminRoute, objectOf, ok } from '../answer.ts'
import { withMetadata } from '../by-metadata.ts'
import { requestOf } from '../convert.ts'
import { loggedRequest, serveEvent, stubAt } from '../logged.ts'

const journalOf = ({ running }: AdminCall) => running.runTime.journal!

/** Those that the call means, oldest first. */
export const kept = (call: AdminCall): readonly JournalEntry[] =>
  journalOf(call)
    .entries()
    .filter(
      ({ service, tenant }) =>
        (call.service === undefined || service === call.service) &&
        (call.tenant === undefined || tenant === call.tenant),
    )

const matching = (call: AdminCall): Promise<readonly JournalEntry[]> =>
  call.running.runTime.probe(requestOf(objectOf(call.body))).among(kept(call))

const named = (call: AdminCall): JournalEntry => {
  const id = call.params['id'] ?? ''
  const entry = kept(call).find((one) => one.id === id)
  if (entry === undefined) throw new AdminError(404, `there is no request ${id}`)
  return entry
}

const remove = (call: AdminCall, entries: readonly JournalEntry[]): void => {
  const journal = journalOf(call)
  if (entries.length === journal.entries().length) journal.clear()
  else for (const { id } of entries) journal.remove(id)
}

const removed = (call: AdminCall, entries: readonly JournalEntry[]): AdminAnswer => {
  const serveEvents = entries.map((entry) => serveEvent(entry, call))
  remove(call, entries)
  return ok({ serveEvents })
}

const cleared = (call: AdminCall): AdminAnswer => {
  remove(call, kept(call))
  return ok()
}

/** A point in time, ISO 8601. Throws AdminError 422. */
const since = (text: string): number => {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new AdminError(422, `since=${text} is no point in time`)
  return at
}

const listed = (call: AdminCall): AdminAnswer => {
  const { query } = call
  const from = query.get('since')
  const stub = query.get('matchingStub')
  const after = from === null ? undefined : since(from)
  const found = kept(call).filter(
    (entry) =>
      (after === undefined || entry.at > after) &&
      (query.get('unmatched') !== 'true' || entry.missed) &&
      (stub === null || (entry.mock !== undefined && stubAt(entry.mock, call)['id'] === stub.toLowerCase())),
  )
  const limit = query.get('limit')
  const newest = found.toReversed().slice(0, limit === null ? undefined : Number(limit) || 0)
  return ok({
    requests: newest.map((entry) => serveEvent(entry, call)),
    meta: { total: found.length },
    requestJournalDisabled: false,
  })
}

export const requests: readonly AdminRoute[] = [
  { method: 'GET', path: '/requests', operation: 'listRequests', answer: listed },
  { method: 'DELETE', path: '/requests', operation: 'removeRequests', answer: cleared },
  { method: 'POST', path: '/requests/reset', operation: 'resetRequests', answer: cleared },
  {
    method: 'POST',
    path: '/requests/count',
    operation: 'countRequests',
    answer: async (call) => ok({ count: (await matching(call)).length, requestJournalDisabled: false }),
  },
  {
    method: 'POST',
    path: '/requests/find',
    operation: 'findRequests',
    answer: async (call) =>
      ok({ requests: (await matching(call)).map(loggedRequest), requestJournalDisabled: false }),
  },
  {
    method: 'POST',
    path: '/requests/remove',
    operation: 'removeMatchingRequests',
    answer: async (call) => removed(call, await matching(call)),
  },
  {
    method: 'POST',
    path: '/requests/remove-by-metadata',
    operation: 'removeRequestsByMetadata',
    answer: async (call) =>
      removed(
        call,
        await withMetadata(
          call,
          kept(call).filter(({ mock }) => mock !== undefined),
          ({ mock }) => stubAt(mock!, call)['metadata'],
        ),
      ),
  },
  {
    method: 'GET',
    path: '/requests/unmatched',
    operation: 'listUnmatchedRequests',
    answer: (call) =>
      ok({
        requests: kept(call)
          .filter(({ missed }) => missed)
          .map(loggedRequest),
        requestJournalDisabled: false,
      }),
  },
  {
    method: 'GET',
    path: '/requests/{id}',
    operation: 'getRequest',
    answer: (call) => ok(serveEvent(named(call), call)),
  },
  {
    method: 'DELETE',
    path: '/requests/{id}',
    operation: 'removeRequest',
    answer: (call) => {
      journalOf(call).remove(named(call).id)
      return ok()
    },
  },
]
