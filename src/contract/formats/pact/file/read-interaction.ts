/** One interaction of a Pact file, of whatever kind and version. */
import { type Fields, isFields, shown } from '../json-value.ts'
import { RuleError, type RuleTools } from '../rules/rule.ts'
import type { Interaction, JsonPath, MessageInteraction, ProviderState } from './pact-file.ts'
import { PartError, readMessage, readRequest, readResponse, type SpecVersion } from './parts.ts'
import { toCategories } from './rules-form.ts'

/** What cannot be read, and where below the interaction. */
export class Misplaced extends Error {
  readonly path: JsonPath

  constructor(path: JsonPath, message: string) {
    super(message)
    this.path = path
  }
}

const placed = <T>(path: JsonPath, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PartError || error instanceof RuleError)) throw error
    const misplaced = new Misplaced(
      error instanceof RuleError ? [...path, 'matchingRules'] : [...path, ...error.path.split('.')],
      error.message,
    )
    misplaced.cause = error
    throw misplaced
  }
}

/** Transports over HTTP; others belong to plugins. */
const ownTransports: ReadonlySet<unknown> = new Set([
  undefined,
  'http',
  'https',
  'message',
  'async-message',
  'sync-message',
])

/** `path`: where it stands. Throws Misplaced. */
export const readInteraction = (
  value: unknown,
  path: JsonPath,
  spec: SpecVersion,
  tools: RuleTools,
): Interaction => {
  if (!isFields(value)) throw new Misplaced([], `an interaction is an object, not ${shown(value)}`)
  const description = typeof value['description'] === 'string' ? value['description'] : ''
  const { type, transport, pluginConfiguration } = value
  if (
    type !== undefined &&
    !['Synchronous/HTTP', 'Asynchronous/Messages', 'Synchronous/Messages'].includes(String(type))
  )
    throw new Misplaced(['type'], `the type ${shown(type)} is not known`)
  if (isFields(pluginConfiguration) && Object.keys(pluginConfiguration).length > 0)
    return { kind: 'other', what: 'interaction of a plugin', description }
  if (!ownTransports.has(transport ?? undefined))
    return { kind: 'other', what: `interaction over ${String(transport)}`, description }
  const common = {
    description,
    states: statesOf(value),
    path,
    id: typeof value['_id'] === 'string' ? value['_id'] : undefined,
    pending: value['pending'] === true,
    extra: Object.fromEntries(
      ['key', 'pending', 'comments'].flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])),
    ),
  }
  if (type === 'Synchronous/Messages') return { ...common, ...synchronous(value, spec, tools) }
  if (path[0] === 'messages' || type === 'Asynchronous/Messages')
    return {
      ...common,
      kind: 'message',
      what: 'message',
      request: undefined,
      message: messageOf(value, [], spec, tools),
    }
  const { request, response } = value
  if (!isFields(request)) throw new Misplaced(['request'], 'request is missing')
  if (!isFields(response)) throw new Misplaced(['response'], 'response is missing')
  return {
    ...common,
    kind: 'http',
    request: { ...placed(['request'], () => readRequest(request, spec, tools)), ...kept(request) },
    response: { ...placed(['response'], () => readResponse(response, spec, tools)), ...kept(response) },
  }
}

const synchronous = (
  value: Fields,
  spec: SpecVersion,
  tools: RuleTools,
): Pick<MessageInteraction, 'kind' | 'what' | 'request' | 'message'> => {
  const { request, response } = value
  const first: unknown = Array.isArray(response) ? response[0] : response
  if (!isFields(first)) throw new Misplaced(['response'], 'response is missing')
  return {
    kind: 'message',
    what: 'synchronous message',
    request: isFields(request) ? request : {},
    message: messageOf(first, Array.isArray(response) ? ['response', 0] : ['response'], spec, tools),
  }
}

const messageOf = (value: Fields, path: JsonPath, spec: SpecVersion, tools: RuleTools) => ({
  ...placed(path, () => readMessage(value, spec, tools)),
  ...kept(value),
})

const kept = (part: Fields): { readonly matchingRules: Fields; readonly generators: Fields } => ({
  matchingRules: toCategories(part['matchingRules']),
  generators: isFields(part['generators']) ? part['generators'] : {},
})

/** V2: a text, under one of two names. Messages of V3 have the text, too, or the list. */
const statesOf = (value: Fields): readonly ProviderState[] => {
  const states = value['providerStates']
  if (Array.isArray(states))
    return states.flatMap((one: unknown) => {
      if (!isFields(one) || typeof one['name'] !== 'string') return []
      const params =
        isFields(one['params']) && Object.keys(one['params']).length > 0 ? one['params'] : undefined
      return [{ name: one['name'], params }]
    })
  const state = value['providerState'] ?? value['provider_state']
  return typeof state === 'string' && state !== '' ? [{ name: state, params: undefined }] : []
}
