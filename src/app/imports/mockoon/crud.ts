/**
 * CRUD routes of Mockoon: a list, or a document, that calls read and change. It is kept in the state of scripts, one for each data bucket,
 * so a reset brings it back to what the environment said.
 */

import type { MadeMock } from '../generated-file.ts'
import { quoted } from '../source/formula.ts'

interface Crud {
  /** Of the path, without the last segment that is the id. */
  readonly pattern: string
  readonly bucket: { readonly id: string; readonly value: unknown }
  /** Which field of an item is its id. */
  readonly key: string
  readonly headers: Readonly<Record<string, unknown>>
  /** Relative to the mock file. */
  readonly script: string
}

/** Nine mocks: five of the list, four of one item. */
export const crudMocks = ({ pattern, script }: Crud): readonly MadeMock[] => {
  const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const one = ['GET', 'PUT', 'PATCH', 'DELETE']
  return [
    ...all.map((method) => ({ name: `${method} ${pattern}`, request: { method, path: pattern }, script })),
    ...one.map((method) => ({
      name: `${method} ${pattern}/{id}`,
      request: { method, path: `${pattern === '/' ? '' : pattern}/{id}` },
      script,
    })),
  ]
}

export const crudScript = ({ bucket, key, headers }: Crud): string =>
  `// A list that calls read and change, made of the data bucket ${bucket.id.replaceAll(/[\r\n\u2028\u2029]/g, ' ')}. svc-mock reset brings it back.
const initial = ${JSON.stringify(bucket.value, null, 2)}
const name = ${quoted(`mockoon ${bucket.id}`)}
const key = ${quoted(key)}
const headers = ${JSON.stringify({ 'content-type': 'application/json; charset=utf-8', ...headers })}
${code}`

const code = `const isMap = (value) => typeof value === 'object' && value !== null
const idOf = (item) => key.split('.').reduce((at, step) => at?.[step], item)
const withId = (item, id) => {
  const [last, ...before] = key.split('.').reverse()
  const at = before.reverse().reduce((at, step) => (at[step] ??= {}), item)
  at[last] = id
  return item
}
const holds = (value, text) =>
  isMap(value)
    ? Object.values(value).some((one) => holds(one, text))
    : String(value).toLowerCase().includes(text.toLowerCase())

const listed = (value, { search, sort, order, page, limit }) => {
  let all = search ? value.filter((item) => holds(item, search)) : value
  const counts = { 'x-total-count': String(value.length), 'x-filtered-count': String(all.length) }
  const by = (item) => {
    const field = isMap(item) ? item[sort] : item
    return typeof field === 'string' ? field.toLowerCase() : field
  }
  const way = order === 'desc' ? -1 : 1
  if (sort) all = all.toSorted((a, b) => (by(a) < by(b) ? -way : by(a) > by(b) ? way : 0))
  const many = Number.parseInt(limit, 10) || 10
  const first = ((Number.parseInt(page, 10) || 1) - 1) * many
  if (limit !== undefined || page !== undefined) all = all.slice(first, first + many)
  return { body: all, counts }
}

export default async ({ method, params, query, body }, { state, uuid }) => {
  const value = (await state.get(name)) ?? { data: initial }
  const data = value.data
  const keep = (now) => state.set(name, { data: now })
  const answer = (now, status = 200, more = {}) => ({ status, headers: { ...headers, ...more }, body: JSON.stringify(now ?? {}) })
  const sent = body ?? {}
  const merge = (before) => (isMap(before) ? { ...before, ...(isMap(sent) ? sent : {}) } : sent)
  const isList = Array.isArray(data)
  if (params.id === undefined) {
    if (method === 'GET') {
      if (!isList) return answer(data)
      const { body: all, counts } = listed(data, query)
      return answer(all, 200, counts)
    }
    if (method === 'POST') {
      if (!isList) {
        await keep(sent)
        return answer(sent, 201)
      }
      const ids = data.map(idOf).filter((id) => typeof id === 'number')
      const next = ids.length > 0 ? Math.max(...ids) + 1 : uuid()
      const item = isMap(sent) && idOf(sent) === undefined ? withId({ ...sent }, next) : sent
      await keep([...data, item])
      return answer(item, 201)
    }
    if (method === 'DELETE') {
      await keep(null)
      return answer({})
    }
    const now = method === 'PUT' ? sent : isList && Array.isArray(sent) ? [...data, ...sent] : merge(data)
    await keep(now)
    return answer(now)
  }
  if (!isList) {
    const now = method === 'GET' ? data : method === 'DELETE' ? null : method === 'PUT' ? sent : merge(data)
    if (method !== 'GET') await keep(now)
    return answer(now)
  }
  const at = data.findIndex((item, i) => (isMap(item) ? String(idOf(item)) === params.id : i === (Number.parseInt(params.id, 10) || 0)))
  if (at < 0) return answer({}, 404)
  if (method === 'GET') return answer(data[at])
  if (method === 'DELETE') {
    await keep(data.toSpliced(at, 1))
    return answer({})
  }
  const before = data[at]
  const put = isMap(before) && isMap(sent) && idOf(sent) === undefined ? withId({ ...sent }, idOf(before)) : sent
  const now = method === 'PUT' ? put : merge(before)
  await keep(data.with(at, now))
  return answer(now)
}
`
