/** What a run used of its mocks: told of each call that a mock answered, it keeps the interactions that make the contracts. */

import type { Config } from '../../config/config.ts'
import type { DecodedBody } from '../../core/body.ts'
import type { Call } from '../../core/call.ts'
import type { Fields } from '../../core/fields.ts'
import { formatLocation } from '../../core/source.ts'
import { fieldKey } from '../../core/volatile.ts'
import type { Witness } from '../../filters/mock.ts'
import type { CompiledMock } from '../../mock/compiled.ts'
import type { MockDefinition, MockFile } from '../../mock/definition.ts'
import { responseFiles } from '../../mock/load/response-files.ts'
import { dialects } from '../library-tools.ts'
import { workspaceMasks } from '../masks.ts'
import type { MockLibrary } from '../mock-library.ts'
import { computedAnswer, isComputed, writtenAnswer } from './answer.ts'
import { canonical } from './canonical.ts'
import type { CleaningTools } from './clean-values.ts'
import { conditionsOf } from './conditions.ts'
import { exampleOf } from './example.ts'
import { type Interaction, Interactions, interactionOf } from './interaction.ts'
import { Sensitive } from './sensitive.ts'

export interface Used {
  readonly provider: string
  readonly protocol: string
  readonly interactions: readonly Interaction[]
}

export interface UsageResult {
  readonly used: readonly Used[]
  /** Why calls that mocks answered are not in it, by reason. */
  readonly left: Readonly<Record<string, number>>
  /** What readers should know, each once. */
  readonly notes: readonly string[]
}

interface Source {
  readonly file: MockFile
  readonly definition: MockDefinition
}

export class Usage {
  readonly #tools: CleaningTools
  readonly #sources = new Map<CompiledMock, Source | undefined>()
  readonly #providers = new Map<string, { readonly protocol: string; readonly all: Interactions }>()
  readonly #left = new Map<string, number>()
  readonly #notes = new Set<string>()
  readonly #pending = new Set<Promise<void>>()

  /** Throws MASK_KEY_INVALID. */
  constructor({ root, record }: Config, env: Readonly<Record<string, string | undefined>>) {
    this.#tools = {
      sensitive: Sensitive.of(root),
      masks: workspaceMasks(root, env),
      volatile: new Set(record.volatile.map(fieldKey)),
    }
  }

  /** To be told of the calls that mocks of this library answer. */
  witness(library: MockLibrary): Witness {
    return (call, { mock, reply, body }) => {
      // Looked up in the call's own turn: a reload may take the mock away.
      const source = this.#sourceOf(mock, library)
      if (source === undefined) this.#leave('changed while it was in use')
      // A cache answers what its own clients put into it: nobody provides that.
      else if (call.protocol === 'redis') this.#leave('protocol redis')
      else if (source.definition.contract === false) this.#leave('contract: false')
      else {
        const work = this.#add(call, mock, source, { reply, body })
          .catch((error: Error) => {
            this.#leave('could not be read')
            this.#notes.add(`${mock.name}: ${error.message}`)
          })
          .finally(() => this.#pending.delete(work))
        this.#pending.add(work)
      }
    }
  }

  /** When all calls have been answered. */
  async finish(): Promise<UsageResult> {
    await Promise.all(this.#pending)
    const used = [...this.#providers].map(([provider, { protocol, all }]) => {
      for (const name of all.crowded)
        this.#notes.add(`${provider}: ${name} has more kinds of calls than are kept`)
      return { provider, protocol, interactions: this.#withoutReal(all.list()) }
    })
    return {
      used: used.sort((a, b) => (a.provider < b.provider ? -1 : 1)),
      left: Object.fromEntries([...this.#left].sort(([a], [b]) => (a < b ? -1 : 1))),
      notes: [...this.#notes].sort(),
    }
  }

  /** A value that was recognised in one call may stand in another, where nothing tells what it is. */
  #withoutReal(interactions: readonly Interaction[]): readonly Interaction[] {
    const clean = new Interactions()
    for (const one of interactions) {
      const { contract } = one.mock
      const { example, ...promise } = contract as Fields
      const without = this.#tools.sensitive.without(example)
      const told = canonical(without) === canonical(example)
      const masked = told ? {} : { masked: { ...(promise['masked'] as Fields), 'made-up-secret': 'secret' } }
      const mock = { ...one.mock, contract: { ...promise, example: without, ...masked } }
      clean.add(interactionOf({ name: one.name, ...mock }))
    }
    return clean.list()
  }

  #leave(reason: string): void {
    this.#left.set(reason, (this.#left.get(reason) ?? 0) + 1)
  }

  #sourceOf(mock: CompiledMock, library: MockLibrary): Source | undefined {
    if (this.#sources.has(mock)) return this.#sources.get(mock)
    const place = formatLocation(mock.at)
    // One that extends mocks of several versions is several, in one place.
    const file = library
      .files()
      .find(
        ({ display, version, mocks }) =>
          display === mock.at.file &&
          version === mock.version &&
          mocks.some(({ at }) => formatLocation(at) === place),
      )
    const definition = file?.mocks.find(({ at }) => formatLocation(at) === place)
    const source = file === undefined || definition === undefined ? undefined : { file, definition }
    this.#sources.set(mock, source)
    return source
  }

  async #add(
    call: Call,
    mock: CompiledMock,
    { file, definition }: Source,
    { reply, body }: { readonly reply: Parameters<Witness>[1]['reply']; readonly body: DecodedBody },
  ): Promise<void> {
    const spoken = dialects.get(file.protocol)!
    const { service } = call
    const dialect =
      spoken.forMock?.({
        service: service.name,
        definitions: service.definitions,
        request: definition.request,
      }) ?? spoken
    const example = exampleOf(call, mock, body, definition.request, this.#tools)
    for (const note of example.notes) this.#notes.add(`${mock.name}: ${note}`)
    const answer = isComputed(definition)
      ? await computedAnswer(call, reply, definition, dialect)
      : await writtenAnswer(
          definition,
          dialect,
          responseFiles(file, () => undefined),
        )
    const { contract } = definition
    const { example: _, ...promise } = contract === undefined || contract === false ? {} : contract
    const written: Fields = {
      name: definition.name,
      ...(definition.priority !== 5 && { priority: definition.priority }),
      request: conditionsOf(definition.request, methodOf(call)),
      ...stateOf(definition),
      ...answer,
      contract: {
        ...(file.version !== undefined && { version: file.version }),
        ...promise,
        example: example.value,
        ...(example.masked.size > 0 && {
          masked: Object.fromEntries([...example.masked].sort(([a], [b]) => (a < b ? -1 : 1))),
        }),
      },
    }
    let provider = this.#providers.get(service.name)
    if (provider === undefined) {
      provider = { protocol: file.protocol, all: new Interactions() }
      this.#providers.set(service.name, provider)
    }
    provider.all.add(interactionOf(written))
  }
}

/** gRPC's is the whole name, which needs no definitions to be understood. */
const methodOf = (call: Call): string => (call.protocol === 'http' ? call.method : call.operation)

const stateOf = (definition: MockDefinition): Fields =>
  Object.fromEntries(
    (['scenarioName', 'requiredScenarioState', 'newScenarioState'] as const).flatMap((key) =>
      definition[key] === undefined ? [] : [[key, definition[key]]],
    ),
  )
