/**
 * Values of one call as a contract may hold them. In this order: the fake where a mock asks for one; a value that the mock itself
 * names, as it is; a constant for what changes from run to run; something made up for secrets and personal data.
 */
import { isSecretName } from '../../core/secrets.ts'
import type { VolatileRules } from '../../core/volatile.ts'
import type { Masks } from '../../desensitize/masks.ts'
import { isFields } from './canonical.ts'
import { constantFor, constantText } from './changing.ts'
import { type MadeUp, madeUp, type Sensitive } from './sensitive.ts'

export interface CleaningTools {
  readonly sensitive: Sensitive
  /** With the workspace's key: which fake stands for a real value. */
  readonly masks: Masks | undefined
  /** Names of fields that the workspace calls volatile, as `fieldKey` makes them. */
  readonly volatile: ReadonlySet<string>
}

interface Fake {
  readonly type: string
  readonly value: string
}

export class CleanValues {
  readonly #tools: CleaningTools
  readonly #rules: VolatileRules
  readonly #fakes: readonly Fake[]
  readonly #named: ReadonlySet<string>
  readonly #secret: (path: string) => boolean

  /** `request`: of the mock, as written. `at`: when the call was made. `secret`: whether a schema calls a path below the body one. */
  constructor(
    tools: CleaningTools,
    request: unknown,
    at: number,
    secret: (path: string) => boolean = () => false,
  ) {
    this.#tools = tools
    this.#rules = { names: tools.volatile, at }
    this.#fakes = fakesIn(request)
    this.#named = new Set(scalarsIn(request))
    this.#secret = secret
  }

  /** The mock masks it, so that its conditions tell the fake. */
  isFake(text: string): boolean {
    return this.#fakeOf(text) !== undefined
  }

  #fakeOf(text: string): Fake | undefined {
    return this.#fakes.find(
      (one) => one.value === text || this.#tools.masks?.(one.type, text, one.value) === true,
    )
  }

  /** One value of a field. */
  value(value: unknown, name: string, parent = '', path = name): unknown {
    if (value === null || typeof value === 'boolean' || value === undefined) return value
    const text = String(value)
    const fake = this.#fakeOf(text)
    if (fake !== undefined) return madeUp(fake.type, fake.value)
    if (isSecretName(name) || this.#secret(path)) return this.#hidden(value, name, parent)
    if (this.#named.has(text)) return value
    return constantFor(name, value, this.#rules) ?? this.#tools.sensitive.value(value, name, parent) ?? value
  }

  #hidden(value: unknown, name: string, parent: string): unknown {
    if (String(value) === '') return value
    return this.#tools.sensitive.value(value, name, parent) ?? madeUp('secret', 'made-up-secret')
  }

  /** A document. */
  document(value: unknown, name = '', parent = '', path = ''): unknown {
    if (Array.isArray(value))
      return value.map((item, i) => this.document(item, name, parent, `${path}[${i}]`))
    if (!isFields(value)) return this.value(value, name, parent, path)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        this.document(member, key, name, path === '' ? key : `${path}.${key}`),
      ]),
    )
  }

  /** A text that is no document: `{ $masked }` where something in it had to be replaced, for it is not what was sent any more. */
  text(text: string, contentType: string): string | MadeUp {
    if (this.#named.has(text)) return text
    const clean = this.#tools.sensitive.text(constantText(text, this.#rules), contentType)
    return clean.type === undefined ? clean.text : madeUp(clean.type, clean.text)
  }
}

export const isMadeUp = (value: unknown): value is MadeUp =>
  isFields(value) && isFields(value['$masked']) && Object.keys(value).length === 1

/** What `$masked` conditions ask for. */
const fakesIn = (spec: unknown): readonly Fake[] => {
  if (typeof spec !== 'object' || spec === null) return []
  if (isMadeUp(spec)) return [{ type: String(spec.$masked.type), value: String(spec.$masked.value) }]
  return Object.values(spec).flatMap(fakesIn)
}

/** Texts of all values that a mock names: they are written in it, so they are the same in each run and known to its readers. */
const scalarsIn = (spec: unknown): readonly string[] => {
  if (typeof spec === 'object' && spec !== null) return Object.values(spec).flatMap(scalarsIn)
  return spec === undefined || spec === null || typeof spec === 'boolean' ? [] : [String(spec)]
}
