/** A whole Pact file of version 1 to 4, read to one form. What cannot be read is told with its place, and the rest goes on. */
import { type Fields, isFields, shown } from '../json-value.ts'
import type { MatchingRules } from '../matching-rules.ts'
import { RuleError, type RuleTools } from '../rules/rule.ts'
import type { PactMessage, PactRequest, PactResponse, SpecVersion } from './parts.ts'
import { Misplaced, readInteraction } from './read-interaction.ts'

export interface ProviderState {
  readonly name: string
  readonly params: Fields | undefined
}

/** A part with what is only kept: the rules and generators as categories. */
export type Part<Read extends { readonly rules: MatchingRules }> = Read & {
  readonly matchingRules: Fields
  readonly generators: Fields
}

interface AnyInteraction {
  readonly description: string
  readonly states: readonly ProviderState[]
  /** Where in the file: `['interactions', 3]`. */
  readonly path: JsonPath
  /** How a Pact Broker calls it: `_id`. */
  readonly id: string | undefined
  /** V4: the consumer does not count on it yet. */
  readonly pending: boolean
  /** V4's `key`, `pending`, `comments`. */
  readonly extra: Fields
}

export interface HttpInteraction extends AnyInteraction {
  readonly kind: 'http'
  readonly request: Part<PactRequest>
  readonly response: Part<PactResponse>
}

/** What a provider says on a queue; or, of V4, what it answers to something said there. */
export interface MessageInteraction extends AnyInteraction {
  readonly kind: 'message'
  readonly what: 'message' | 'synchronous message'
  /** Of a synchronous one, as it stands in the file: Pact's verifiers hand it to the provider so. */
  readonly request: Fields | undefined
  /** Of a synchronous one with several answers, the first. */
  readonly message: Part<PactMessage>
}

/** One that svc-mock cannot say or verify. */
export interface OtherInteraction {
  readonly kind: 'other'
  /** `interaction of a plugin`. */
  readonly what: string
  readonly description: string
}

export type Interaction = HttpInteraction | MessageInteraction | OtherInteraction

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
  readonly interactions: readonly Interaction[]
  readonly problems: readonly FileProblem[]
}

export const readPactFile = (value: unknown, tools: RuleTools): PactFile => {
  if (!isFields(value)) return unreadable([], `a Pact file is an object, not ${shown(value)}`)
  const version = versionOf(value)
  if (typeof version !== 'number') return { ...unreadable(version.path, version.message), ...parties(value) }
  const { consumer, provider } = parties(value)
  const lists = ['interactions', 'messages'].filter((key) => value[key] !== undefined)
  if (lists.length === 0)
    return {
      ...unreadable([], 'it is no Pact file: it has neither interactions nor messages'),
      ...parties(value),
    }
  const problems: FileProblem[] = []
  for (const [key, name] of [
    ['consumer', consumer],
    ['provider', provider],
  ] as const)
    if (name === '') problems.push({ path: [key], message: `${key}.name is missing` })
  const interactions = lists.flatMap((key) => {
    const list = value[key]
    if (!Array.isArray(list)) {
      problems.push({ path: [key], message: `${key} must be a list, not ${shown(list)}` })
      return []
    }
    return list.flatMap((one: unknown, i) => {
      try {
        return [readInteraction(one, [key, i], version, tools)]
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

const pathOf = (error: unknown): JsonPath => (error instanceof Misplaced ? error.path : [])

const describe = (error: unknown): { readonly message: string; readonly hint?: string | undefined } => {
  if (error instanceof Misplaced) {
    const { cause } = error
    return { message: error.message, hint: cause instanceof RuleError ? cause.hint : undefined }
  }
  throw error
}
