/**
 * Values of one call as a contract may hold them. In this order: the fake where a mock asks for one; a value that the mock itself
 * names, as it is; a constant for what changes from run to run; something made up for secrets and personal data.
 */
import { isFields } from '../../core/fields.ts'
import { isSecretName } from '../../core/secrets.ts'
import type { VolatileRules } from '../../core/volatile.ts'
import type { Masks } from '../../desensitize/masks.ts'
import { constantFor, constantText } from './changing.ts'
import type { MadeUp, Sensitive } from './sensitive.ts'

export interface CleaningTools {
  readonly sensitive: Sensitive
  /** With the workspace's key: which fake stands for a real value. */
  readonly masks: Masks | undefined
  /** Names of fields that the workspace calls volatile, as `fieldKey` makes them. */
  readonly volatile: ReadonlySet<string>
}

export class CleanValues {
  /** Types by what was made up: whoever sends the call must know the real values. */
  readonly masked = new Map<string, string>()
  readonly #tools: CleaningTools
  readonly #rules: VolatileRules
  readonly #fakes: readonly MadeUp[]
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

  #fakeOf(text: string): MadeUp | undefined {
    return this.#fakes.find(
      (one) => one.value === text || this.#tools.masks?.(one.type, text, one.value) === true,
    )
  }

  /** One value of a field. */
  value(value: unknown, name: string, parent = '', path = name): unknown {
    if (value === null || typeof value === 'boolean' || value === undefined) return value
    const text = String(value)
    const fake = this.#fakeOf(text)
    if (fake !== undefined) return this.#made(fake, value)
    if (isSecretName(name) || this.#secret(path)) return this.#hidden(value, name, parent)
    if (this.#named.has(text)) return value
    const constant = constantFor(name, value, this.#rules)
    if (constant !== undefined) return constant
    const found = this.#tools.sensitive.value(value, name, parent)
    return found === undefined ? value : this.#made(found, value)
  }

  #made({ type, value }: MadeUp, real: unknown): unknown {
    this.masked.set(value, type)
    return typeof real === 'string' || !/^\d{1,15}$/.test(value) ? value : Number(value)
  }

  #hidden(value: unknown, name: string, parent: string): unknown {
    if (String(value) === '') return value
    const found = this.#tools.sensitive.value(value, name, parent)
    return this.#made(found ?? this.#tools.sensitive.secret(String(value)), value)
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

  /** A text that is no document; undefined: nobody can tell what is in it. */
  text(text: string, contentType: string): string | undefined {
    if (this.#named.has(text)) return text
    const clean = this.#tools.sensitive.text(constantText(text, this.#rules), contentType)
    for (const { type, value } of clean?.madeUp ?? []) this.masked.set(value, type)
    return clean?.text
  }
}

/** What `$masked` conditions ask for. */
const fakesIn = (spec: unknown): readonly MadeUp[] => {
  if (typeof spec !== 'object' || spec === null) return []
  return Object.entries(spec).flatMap(([key, member]) =>
    key === '$masked' && isFields(member)
      ? [{ type: String(member['type']), value: String(member['value']) }]
      : fakesIn(member),
  )
}

/** Texts of all values that a mock names: they are written in it, so they are the same in each run and known to its readers. */
const scalarsIn = (spec: unknown): readonly string[] => {
  if (typeof spec === 'object' && spec !== null) return Object.values(spec).flatMap(scalarsIn)
  return spec === undefined || spec === null || typeof spec === 'boolean' ? [] : [String(spec)]
}
