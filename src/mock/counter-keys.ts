/** Under which names a file's mocks are counted: the same after a reload as long as a mock's text is the same. */
import type { CounterKey } from '../core/tenant-state.ts'
import type { MockDefinition, MockFile } from './definition.ts'

export class CounterKeys {
  private readonly file: MockFile
  private readonly seen = new Map<string, number>()

  constructor(file: MockFile) {
    this.file = file
  }

  /** For each mock of the file, in order: names may stand twice. */
  of(definition: MockDefinition): CounterKey {
    const { name, scenarioName } = definition
    const count = (this.seen.get(name) ?? 0) + 1
    this.seen.set(name, count)
    // A mock without anything to count needs no text of its own: large libraries are full of those.
    const print = isCounted(definition) ? textOf({ ...definition, at: undefined, examples: undefined }) : ''
    const { path, derived, version } = this.file
    // A mock that extends one of several versions is several.
    const place = derived === undefined ? path : `${path}\n${version ?? ''}`
    return { place: `${place}\n${name}\n${count}`, print, scenario: scenarioName }
  }
}

const isCounted = ({ times, responses }: MockDefinition): boolean =>
  times !== undefined || responses !== undefined

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
