/** Every scalar of a YAML or JSON text in the order of the text, with its place and what it stands under. */
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml'
import { offsetOf } from './offset.ts'

export interface Step {
  /** Key of a map; the number of an item as text in a list. */
  readonly name: string
  readonly list: boolean
}

export interface ScalarPlace {
  readonly text: string
  readonly key: boolean
  /** Written without quotes or block sign. */
  readonly plain: boolean
  /** From the outside in; of a key, those of its map. Valid only during the call. */
  readonly steps: readonly Step[]
  /** Where the character at `at` of the value stands in the file; for escaped and folded values nearby. */
  offset(at: number): number
}

/** False where the text is no YAML. */
export const eachScalar = (text: string, found: (scalar: ScalarPlace) => void): boolean => {
  let events: Event[]
  try {
    events = parseEvents(text, {})
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    return false
  }
  new Walk(events, text, found).all()
  return true
}

class Walk {
  readonly #events: readonly Event[]
  readonly #text: string
  readonly #found: (scalar: ScalarPlace) => void
  readonly #steps: { name: string; list: boolean }[] = []
  #next = 0

  constructor(events: readonly Event[], text: string, found: (scalar: ScalarPlace) => void) {
    this.#events = events
    this.#text = text
    this.#found = found
  }

  all(): void {
    while (this.#next < this.#events.length) {
      const { type } = this.#events[this.#next]!
      if (type === EVENT_ID.DOCUMENT || type === EVENT_ID.POP) this.#next++
      else this.#node(false)
    }
  }

  /** Returns the text of a scalar. */
  #node(key: boolean): string {
    const event = this.#events[this.#next++]!
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event, key)
    if (event.type !== EVENT_ID.SEQUENCE && event.type !== EVENT_ID.MAPPING) return ''
    const list = event.type === EVENT_ID.SEQUENCE
    const step = { name: '', list }
    for (
      let i = 0;
      this.#next < this.#events.length && this.#events[this.#next]!.type !== EVENT_ID.POP;
      i++
    ) {
      step.name = list ? String(i) : this.#node(true)
      this.#steps.push(step)
      this.#node(false)
      this.#steps.pop()
    }
    this.#next++
    return ''
  }

  #scalar(
    event: Extract<Event, { readonly style: number; readonly valueStart: number }>,
    key: boolean,
  ): string {
    const text = getScalarValue(this.#text, event as never)
    const source = this.#text
    const written = offsetOf(event as Event, source)
    const plain = event.style === SCALAR_STYLE.PLAIN
    if (text !== '')
      this.#found({
        text,
        key,
        plain,
        steps: this.#steps,
        offset: (at) => placeIn(source, text, written, at),
      })
    return text
  }
}

/** Exact where the value is written as it is, or in a literal block; else where the value begins. */
const placeIn = (source: string, text: string, written: number, at: number): number => {
  if (written < 0) return 0
  const quoted = /["']/.test(source[written] ?? '') ? 1 : 0
  if (source.startsWith(text, written + quoted)) return written + quoted + at
  if (source[written] !== '|') return written
  const line = text.slice(0, at).split('\n').length - 1
  let start = source.indexOf('\n', written) + 1
  const indent = /^[ \t]*/.exec(source.slice(start).replace(/^(?:[ \t]*\r?\n)*/, ''))![0].length
  for (let i = 0; i < line; i++) start = source.indexOf('\n', start) + 1
  const column = at - (text.lastIndexOf('\n', at - 1) + 1)
  return start + indent + column
}
