/** Near misses: of calls that no mock took, of a call that is described, and of a pattern among the calls that came. */

import type { NearMock } from '../../../app/running.ts'
import { type Fields, isFields } from '../../../core/fields.ts'
import { type AdminCall, type AdminRoute, objectOf, ok } from '../answer.ts'
import { requestOf } from '../convert.ts'
import { loggedRequest, stubAt } from '../logged.ts'
import { kept } from './requests.ts'

/** As WireMock shows. */
const shown = 3

const ofMock = (request: Fields, near: NearMock, call: AdminCall): Fields => {
  const stubMapping = stubAt(near.mock, call, { failed: near.failed })
  return {
    request,
    stubMapping,
    requestPattern: stubMapping['request'],
    matchResult: { distance: near.distance },
  }
}

const ofUnmatched = async (call: AdminCall): Promise<readonly Fields[]> => {
  const missed = kept(call).filter((entry) => entry.missed)
  const found = await Promise.all(
    missed.map(async (entry) => {
      const near = await call.running.runTime.nearestMocks(entry, entry, shown)
      return near.map((one) => ofMock(loggedRequest(entry), one, call))
    }),
  )
  return found.flat()
}

const texts = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null).map(String)

/** A LoggedRequest that somebody describes. */
const ofDescribed = async (call: AdminCall): Promise<readonly Fields[]> => {
  const request = objectOf(call.body)
  const { url = '/', method = 'GET', headers, cookies, body, bodyAsBase64 } = request
  const [, path = '/', search = ''] = /^([^?]*)(\?.*)?$/s.exec(String(url)) ?? []
  const pairs = isFields(headers)
    ? Object.entries(headers).flatMap(([name, value]) => texts(value).flatMap((one) => [name, one]))
    : []
  const hasCookie = pairs.some((text, i) => i % 2 === 0 && text.toLowerCase() === 'cookie')
  if (isFields(cookies) && !hasCookie) {
    const crumbs = Object.entries(cookies).flatMap(([name, value]) =>
      texts(isFields(value) ? value['value'] : value).map((one) => `${name}=${one}`),
    )
    if (crumbs.length > 0) pairs.push('Cookie', crumbs.join('; '))
  }
  const bytes =
    typeof bodyAsBase64 === 'string' && bodyAsBase64 !== ''
      ? Buffer.from(bodyAsBase64, 'base64')
      : Buffer.from(body === undefined || body === null ? '' : String(body))
  const asked = { method: String(method), path: path || '/', search, headers: pairs, body: bytes }
  const near = await call.running.runTime.nearestMocks(asked, call, shown)
  return near.map((one) => ofMock(request, one, call))
}

const ofPattern = async (call: AdminCall): Promise<readonly Fields[]> => {
  const pattern = objectOf(call.body)
  const near = await call.running.runTime.probe(requestOf(pattern)).nearest(kept(call), shown)
  return near.map(({ entry, distance }) => ({
    request: loggedRequest(entry),
    requestPattern: pattern,
    matchResult: { distance },
  }))
}

export const nearMisses: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/requests/unmatched/near-misses',
    operation: 'listUnmatchedNearMisses',
    answer: async (call) => ok({ nearMisses: await ofUnmatched(call) }),
  },
  {
    method: 'POST',
    path: '/near-misses/request',
    operation: 'findNearMissesOfRequest',
    answer: async (call) => ok({ nearMisses: await ofDescribed(call) }),
  },
  {
    method: 'POST',
    path: '/near-misses/request-pattern',
    operation: 'findNearMissesOfPattern',
    answer: async (call) => ok({ nearMisses: await ofPattern(call) }),
  },
]
