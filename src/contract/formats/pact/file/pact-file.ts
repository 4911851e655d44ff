/** A whole Pact file of version 1 to 4, read to one form. What cannot be read is told with its place, and the rest goes on. */
import { type Fields, isFields, shown } from '../json-value.ts'
import type { MatchingRules } from '../matching-rules.ts'
import { RuleError, type RuleTools } from '../rules/rule.ts'
import {
  type PactRequest,
  type PactResponse,
  PartError,
  readRequest,
  readResponse,
  type SpecVersion,
} from './parts.ts'
import { toCategories } from './rules-form.ts'

export interface ProviderState {
  readonly name: string
  readonly params: Fields | undefined
}

/** A part with what is only kept: the rules and generators as categories. */
export type Part<Read extends { readonly rules: MatchingRules }> = Read & {
  readonly matchingRules: Fields
  readonly generators: Fields
}

export interface HttpInteraction {
  readonly kind: 'http'
  readonly description: string
  readonly states: readonly ProviderState[]
  readonly request: Part<PactRequest>
  readonly response: Part<PactResponse>
  /** V4's `key`, `pending`, `comments`. */
  readonly extra: Fields
}

/** One that mocks cannot say yet. */
export interface OtherInteraction {
  readonly kind: 'other'
  /** `message`, `synchronous message`, `interaction of a plugin`. */
  readonly what: string
  readonly description: string
}

export type JsonPath = readonly (string | number)[]

export interface FileProblem {
  readonly path: JsonPath
  readonly message: string
  readonly hint?: string | undefined
}

export interface PactFile {
  readonly consumer: string
  readonly provider: string
  readonly spec: SpecVersion
  readonly interactions: readonly (HttpInteraction | OtherInteraction)[]
  readonly problems: readonly FileProblem[]
}

export const readPactFile = (value: unknown, tools: RuleTools): PactFile => {
  if (!isFields(value)) return unreadable([], `a Pact file is an object, not ${shown(value)}`)
  const version = versionOf(value)
  if (typeof version !== 'number') return { ...unreadable(version.path, version.message), ...parties(value) }
  const { consumer, provider } = parties(value)
  const problems: FileProblem[] = []
  for (const [key, name] of [
    ['consumer', consumer],
    ['provider', provider],
  ] as const)
    if (name === '') problems.push({ path: [key], message: `${key}.name is missing` })
  const lists = ['interactions', 'messages'].filter((key) => value[key] !== undefined)
  if (lists.length === 0) problems.push({ path: [], message: 'it has neither interactions nor messages' })
  const interactions = lists.flatMap((key) => {
    const list = value[key]
    if (!Array.isArray(list)) {
      problems.push({ path: [key], message: `${key} must be a list, not ${shown(list)}` })
      return []
    }
    return list.flatMap((one: unknown, i) => {
      try {
        return [readInteraction(one, key, version, tools)]
      } catch (error) {
        problems.push({ path: [key, i, ...pathOf(error)], ...describe(error) })
        return []
      }
    })
  })
  return { consumer, provider, spec: version, interactions, problems }
}

const unreadable = (path: JsonPath, message: string): PactFile => ({
  consumer: '',
  provider: '',
  spec: 4,
  interactions: [],
  problems: [{ path, message, hint: 'svc-mock reads versions 1 to 4 of the Pact specification' }],
})

const parties = (value: Fields): { readonly consumer: string; readonly provider: string } => {
  const name = (key: string): string => {
    const party = value[key]
    const given = isFields(party) ? party['name'] : party
    return typeof given === 'string' ? given : ''
  }
  return { consumer: name('consumer'), provider: name('provider') }
}

/** Files without metadata are of the time of version 1 and 2. */
const versionOf = (value: Fields): SpecVersion | FileProblem => {
  const metadata = isFields(value['metadata']) ? value['metadata'] : {}
  for (const key of ['pactSpecification', 'pact-specification']) {
    const spec = metadata[key]
    if (isFields(spec) && spec['version'] !== undefined && spec['version'] !== null)
      return majorOf(spec['version'], ['metadata', key, 'version'])
  }
  const old = metadata['pactSpecificationVersion']
  return old === undefined ? 2 : majorOf(old, ['metadata', 'pactSpecificationVersion'])
}

const majorOf = (version: unknown, path: JsonPath): SpecVersion | FileProblem => {
  const major = Number(/^(\d+)(?:\.|$)/.exec(String(version))?.[1])
  if (major === 1 || major === 2) return 2
  if (major === 3 || major === 4) return major
  return {
    path,
    message: Number.isNaN(major)
      ? `the version of the specification is ${shown(version)}, which is none`
      : `the file is of version ${String(version)} of the Pact specification, which is newer than 4`,
  }
}

class Misplaced extends Error {
  readonly path: JsonPath

  constructor(path: JsonPath, message: string) {
    super(message)
    this.path = path
  }
}

const pathOf = (error: unknown): JsonPath => (error instanceof Misplaced ? error.path : [])

const describe = (error: unknown): { readonly message: string; readonly hint?: string | undefined } => {
  if (error instanceof Misplaced) {
    const { cause } = error
    return { message: error.message, hint: cause instanceof RuleError ? cause.hint : undefined }
  }
  throw error
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

const readInteraction = (
  value: unknown,
  list: string,
  spec: SpecVersion,
  tools: RuleTools,
): HttpInteraction | OtherInteraction => {
  if (!isFields(value)) throw new Misplaced([], `an interaction is an object, not ${shown(value)}`)
  const description = typeof value['description'] === 'string' ? value['description'] : ''
  const type = value['type']
  if (list === 'messages' || type === 'Asynchronous/Messages')
    return { kind: 'other', what: 'message', description }
  if (type === 'Synchronous/Messages') return { kind: 'other', what: 'synchronous message', description }
  if (type !== undefined && type !== 'Synchronous/HTTP')
    throw new Misplaced(['type'], `the type ${shown(type)} is not known`)
  if (isFields(value['pluginConfiguration']) && Object.keys(value['pluginConfiguration']).length > 0)
    return { kind: 'other', what: 'interaction of a plugin', description }
  const { request, response } = value
  if (!isFields(request)) throw new Misplaced(['request'], 'request is missing')
  if (!isFields(response)) throw new Misplaced(['response'], 'response is missing')
  return {
    kind: 'http',
    description,
    states: statesOf(value),
    request: { ...placed(['request'], () => readRequest(request, spec, tools)), ...kept(request) },
    response: { ...placed(['response'], () => readResponse(response, spec, tools)), ...kept(response) },
    extra: Object.fromEntries(
      ['key', 'pending', 'comments'].flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]])),
    ),
  }
}

const kept = (part: Fields): { readonly matchingRules: Fields; readonly generators: Fields } => ({
  matchingRules: toCategories(part['matchingRules']),
  generators: isFields(part['generators']) ? part['generators'] : {},
})

/** V2: a text, under one of two names. */
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
