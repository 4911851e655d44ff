/** One stub mapping (WireMock 3.13) as mocks, without their priorities. */
import type { Fields } from '../../../core/fields.ts'
import type { MadeMock } from '../generated-file.ts'
import { requestsOf } from './request.ts'
import { answerOf, type BodyFiles } from './response.ts'
import { fieldsOf, NotPossible, type Told, textOf } from './told.ts'

const known = new Set([
  'id',
  'uuid',
  'name',
  'priority',
  'request',
  'response',
  'newRequest',
  'scenarioName',
  'requiredScenarioState',
  'newScenarioState',
  'persistent',
  'metadata',
  'postServeActions',
  'serveEventListeners',
  'insertionIndex',
  'dirty',
])

export interface MadeStub {
  readonly name: string
  readonly priority: number
  readonly mocks: readonly {
    readonly method: string | undefined
    readonly path: string | undefined
    readonly mock: MadeMock
  }[]
}

/** Throws NotPossible. */
export const stubOf = (value: unknown, told: Told, files: BodyFiles): MadeStub => {
  const stub = fieldsOf(value, [])
  const unknown = Object.keys(stub).find((key) => !known.has(key))
  if (unknown !== undefined) throw new NotPossible(`the key ${unknown} is not known`, [unknown])
  const section = stub['request'] === undefined ? 'newRequest' : 'request'
  const requests = requestsOf(stub[section], [section], told)
  const answer = answerOf(stub['response'], ['response'], told, files)
  for (const key of ['postServeActions', 'serveEventListeners'])
    if (hasAny(stub[key])) told.changed(`${key}: nothing is called when the mock has answered`, [key])
  const name = nameOf(stub)
  const state = stateOf(stub)
  return {
    name,
    priority: priorityOf(stub['priority']),
    mocks: requests.map(({ method, request }) => ({
      method,
      path: pathOf(request),
      mock: {
        name: requests.length === 1 ? name : `${name} (${method ?? 'any'})`,
        ...(Object.keys(request).length > 0 && { request }),
        ...state,
        ...answer,
        ...metadataOf(stub),
      },
    })),
  }
}

const pathOf = ({ path }: Fields): string | undefined => (typeof path === 'string' ? path : undefined)

const hasAny = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : typeof value === 'object' && value !== null && Object.keys(value).length > 0

/** What people call it, else what it asks for. */
export const nameOf = (stub: Fields): string => {
  if (typeof stub['name'] === 'string' && stub['name'].trim() !== '') return stub['name']
  const request = stub['request']
  if (typeof request !== 'object' || request === null) return 'any call'
  const { method, url, urlPath, urlPattern, urlPathPattern, urlPathTemplate } = request as Fields
  const target = url ?? urlPath ?? urlPathTemplate ?? urlPathPattern ?? urlPattern ?? 'anything'
  return `${typeof method === 'string' ? method : 'ANY'} ${String(target)}`
}

const priorityOf = (value: unknown): number => {
  if (value === undefined || value === null) return 5
  if (Number.isSafeInteger(value)) return value as number
  throw new NotPossible(`the priority ${String(value)} is no whole number`, ['priority'])
}

/** States without a scenario mean nothing there. */
const stateOf = (stub: Fields): Fields => {
  const state: Record<string, unknown> = {}
  if (stub['scenarioName'] === undefined || stub['scenarioName'] === null) return state
  for (const key of ['scenarioName', 'requiredScenarioState', 'newScenarioState'])
    if (stub[key] !== undefined && stub[key] !== null) state[key] = textOf(stub[key], [key])
  return state
}

/** Kept for whoever looks at the file, or exports it again. */
const metadataOf = (stub: Fields): Fields => {
  const id = stub['id'] ?? stub['uuid']
  const own = typeof id === 'string' ? { id } : {}
  const persistent = stub['persistent'] === undefined ? {} : { persistent: stub['persistent'] }
  const given =
    typeof stub['metadata'] === 'object' && stub['metadata'] !== null ? { metadata: stub['metadata'] } : {}
  const wiremock = { ...own, ...persistent, ...given }
  return Object.keys(wiremock).length === 0 ? {} : { metadata: { wiremock } }
}
