/** What a workspace says of its fields: which stay, which are of what kind, which are emptied. See docs/desensitize.md. */
import type { Detector } from './detectors/detector.ts'
import { detectors } from './detectors/index.ts'
import { freeText, opaque } from './detectors/opaque.ts'

export type FieldAction =
  | { readonly do: 'keep' }
  | { readonly do: 'drop' }
  | { readonly do: 'mask'; readonly detector: Detector }

/** As in the file: the last line that fits wins. */
export interface FieldRule {
  /** `body.customer.remark`, `**.remark`, `header.x-user`, `body.items[*].note`. */
  readonly path: string
  readonly action: FieldAction
}

export interface Policy {
  readonly fields: readonly FieldRule[]
  /** What becomes of free text and opaque strings of fields that nothing is known of. */
  readonly unknown: 'mask' | 'keep'
  /** Made-up people and secrets that may stand in files as they are. */
  readonly testAccounts: readonly string[]
}

export const defaultPolicy: Policy = { fields: [], unknown: 'mask', testAccounts: [] }

export const maskableTypes: ReadonlyMap<string, Detector> = new Map(
  [...detectors, opaque, freeText].map((detector) => [detector.type, detector]),
)

interface Compiled {
  readonly last: string
  readonly regex: RegExp
  readonly action: FieldAction
}

/** Fields are told by their own name first, so that paths are put together for few of them. */
export class FieldRules {
  readonly #rules: readonly Compiled[]
  readonly #names: ReadonlySet<string>

  constructor(rules: readonly FieldRule[]) {
    this.#rules = rules.map(({ path, action }) => compile(path, action)).reverse()
    this.#names = new Set(this.#rules.map(({ last }) => last))
  }

  /** Whether any line could mean a field of this name. */
  concern(name: string): boolean {
    return this.#rules.length > 0 && (this.#names.has(name) || this.#names.has('*'))
  }

  of(name: string, path: () => string): FieldAction | undefined {
    if (!this.concern(name)) return undefined
    const whole = path()
    return this.#rules.find(({ last, regex }) => (last === '*' || last === name) && regex.test(whole))?.action
  }
}

const compile = (path: string, action: FieldAction): Compiled => {
  const plain = path.replace(/\[\*?\d*\]$/, '')
  const last = plain.slice(plain.lastIndexOf('.') + 1)
  const source = path
    .split('.')
    .map((step) =>
      step === '**'
        ? '(?:[^.]+(?:\\.[^.]+)*)?'
        : step
            .replace(/[\\^$+?()[\]{}|]/g, '\\$&')
            .replace(/\\\[\*\\\]/g, '\\[\\d+\\]')
            .replace(/^\*$/, '[^.]+'),
    )
    .join('\\.')
    // `**.` also stands for nothing.
    .replaceAll('(?:[^.]+(?:\\.[^.]+)*)?\\.', '(?:[^.]+\\.)*')
  return { last: last === '**' ? '*' : last, regex: new RegExp(`^${source}(?:\\[\\d+\\])*$`), action }
}
