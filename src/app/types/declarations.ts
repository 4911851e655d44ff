/** Named types of one file: each name once, so that what refers to itself is written by its name. */
import { comment, type TsType, textOf, word } from './ts-type.ts'

interface Declared {
  readonly name: string
  type: TsType | undefined
  doc: string | undefined
}

export class Declarations {
  readonly #byKey = new Map<string, Declared>()
  readonly #names = new Set<string>()

  /** `taken`: names that stand in the file already. */
  constructor(taken: readonly string[]) {
    for (const name of taken) this.#names.add(name)
  }

  /** The type under this key, made when it is first asked for. `key`: what tells it from others of the same name. */
  named(key: string, wish: string, make: () => TsType, doc?: string): TsType {
    const known = this.#byKey.get(key)
    if (known !== undefined) return word(known.name)
    const declared: Declared = { name: this.#free(pascal(wish)), type: undefined, doc }
    // Before it is made: it may refer to itself.
    this.#byKey.set(key, declared)
    declared.type = make()
    return word(declared.name)
  }

  /** By name, in code-unit order. */
  text(): string {
    return [...this.#byKey.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, type, doc }) => `${comment(doc ?? '', '')}export type ${name} = ${textOf(type!)}\n`)
      .join('\n')
  }

  #free(name: string): string {
    let free = name
    for (let i = 2; this.#names.has(free); i++) free = `${name}${i}`
    this.#names.add(free)
    return free
  }
}

/** `order-item` and `acme.Order` as `OrderItem`, `AcmeOrder`. */
export const pascal = (text: string): string => {
  const name = text
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
  return /^[A-Za-z]/.test(name) ? name : `T${name}`
}
