/** The things of a source (stubs, routes, examples), each with what became of it. */
import type { Entry, Note } from '../format.ts'
import type { JsonNode } from './json-node.ts'

/** Stops the making of one thing: there is no mock that says the same. */
export class NotPossible extends Error {
  readonly node: JsonNode | undefined

  constructor(message: string, node?: JsonNode) {
    super(message)
    this.node = node
  }
}

/** One thing as it is being read. */
export class Thing {
  readonly node: JsonNode
  readonly #notes: Note[] = []

  constructor(node: JsonNode) {
    this.node = node
  }

  get notes(): readonly Note[] {
    return this.#notes
  }

  /** Made, and something is said otherwise. */
  note(text: string, node: JsonNode = this.node): void {
    const { line, column } = node.at
    const known = this.#notes.some(
      ({ text: told, at }) => told === text && at?.line === line && at.column === column,
    )
    if (!known) this.#notes.push({ text, at: node.at })
  }
}

export class Things {
  readonly #entries: Entry[] = []

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** undefined: no mock can be made of it. What `make` has not read of `node` is told. */
  take<T>(name: string, node: JsonNode, make: (thing: Thing) => T): T | undefined {
    const thing = new Thing(node)
    try {
      const made = make(thing)
      for (const one of node.unread()) {
        thing.note(`${shown(one, node)} is left out`, one)
        one.skip()
      }
      this.#entries.push({
        outcome: thing.notes.length === 0 ? 'taken' : 'changed',
        name,
        at: node.at,
        notes: thing.notes,
      })
      return made
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error
      // Told as a whole: what of it was not read is no news.
      node.skip()
      const why: Note = { text: error.message, at: (error.node ?? node).at }
      this.#entries.push({ outcome: 'not possible', name, at: node.at, notes: [why, ...thing.notes] })
      return undefined
    }
  }

  /** More of a thing that was taken: its entry gets a note, or says why it is not possible after all. */
  also<T>(
    node: JsonNode,
    make: () => { readonly made: readonly T[]; readonly note: string | undefined },
  ): readonly T[] {
    const i = this.#entries.findIndex(({ at }) => at?.line === node.at.line && at.column === node.at.column)
    const entry = this.#entries[i]
    try {
      const { made, note } = make()
      if (entry !== undefined && note !== undefined)
        this.#entries[i] = {
          ...entry,
          outcome: 'changed',
          notes: [...entry.notes, { text: note, at: node.at }],
        }
      return made
    } catch (error) {
      if (!(error instanceof NotPossible)) throw error
      if (entry !== undefined)
        this.#entries[i] = {
          ...entry,
          outcome: 'not possible',
          notes: [{ text: error.message, at: node.at }],
        }
      return []
    }
  }

  /** A setting of the source that is no mock: told if nothing here says it. */
  setting(name: string, node: JsonNode, outcome: 'changed' | 'not possible', text: string): void {
    node.skip()
    this.#entries.push({ outcome, name, at: node.at, notes: [{ text, at: node.at }] })
  }

  /** What nobody has read of the source as a whole. */
  rest(root: JsonNode, name: string): void {
    for (const node of root.unread())
      this.#entries.push({
        outcome: 'not possible',
        name,
        at: node.at,
        notes: [{ text: `${shown(node, root)} is left out`, at: node.at }],
      })
  }
}

const shown = (node: JsonNode, from: JsonNode): string =>
  node.path
    .slice(from.path.length)
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '') || 'it'
