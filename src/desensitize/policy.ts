/** What a workspace says of its fields: which stay, which are of what kind, which are emptied. See docs/desensitize.md. */
import type { CallPattern } from './call-pattern.ts'
import type { Detector } from './detectors/detector.ts'
import { detectors } from './detectors/index.ts'
import { freeText, opaque } from './detectors/opaque.ts'
import { isValueName } from './field-names.ts'

export type FieldAction =
  | { readonly do: 'keep' }
  | { readonly do: 'drop' }
  | { readonly do: 'mask'; readonly detector: Detector }

export type Side = 'request' | 'reply'

/** As in the file: the last line that fits wins. */
export interface FieldRule {
  /** `body.customer.remark`, `**.remark`, `header.x-user`, `body.items[*].note`. */
  readonly path: string
  /** undefined: on both sides of a call. */
  readonly side?: Side | undefined
  readonly action: FieldAction
}

/** Lines for some calls only. They go before those for all. */
export interface CallRules {
  readonly calls: CallPattern
  readonly fields: readonly FieldRule[]
}

export interface Policy {
  readonly fields: readonly FieldRule[]
  readonly calls?: readonly CallRules[]
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
    if (this.#rules.length === 0) return false
    return name === '' || this.#names.has('*') || this.#names.has(lastName(name))
  }

  of(name: string, path: () => string): FieldAction | undefined {
    if (!this.concern(name)) return undefined
    const whole = path()
    return this.#rules.find(({ regex }) => regex.test(whole))?.action
  }
}

/** `user[phone]` and `user.phone` end in phone. */
const lastName = (name: string): string => /([^.[\]]+)\]?(?:\[[*\d]*\])*$/.exec(name)?.[1] ?? name

/** Steps under which a field is called otherwise: by the object around it, or by what is encoded in it. */
const isNoName = (step: string): boolean => step === 'base64' || step === 'hex' || isValueName(step)

const compile = (path: string, action: FieldAction): Compiled => {
  const steps = path.split('.')
  const last = lastName(steps.at(-1)!)
  // A whole body or path has no name of its own.
  const any = steps.length === 1 || last === '**' || isNoName(last)
  const source = steps
    .map((step) =>
      step === '**'
        ? '(?:[^.]+(?:\\.[^.]+)*)?'
        : step.replace(/\[\*\]|[\\^$+?()[\]{}|*]/g, (sign, at: number) => {
            if (sign === '[*]') return '\\[\\d+\\]'
            return sign === '*' && at === 0 && /^\*(?:\[|$)/.test(step) ? '[^.]+' : `\\${sign}`
          }),
    )
    .join('\\.')
    // `**.` also stands for nothing.
    .replaceAll('(?:[^.]+(?:\\.[^.]+)*)?\\.', '(?:[^.]+\\.)*')
  return { last: any ? '*' : last, regex: new RegExp(`^${source}(?:\\[\\d+\\])*$`), action }
}

/** The lines that are in force for one side of a call. */
export class PolicyRules {
  readonly #policy: Policy
  readonly #made = new Map<string, FieldRules>()

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** `operation`: `GET /orders/42`, `acme.Inventory/Get`. */
  of(service: string, operation: string, side: Side): FieldRules {
    const { fields, calls = [] } = this.#policy
    const fitting = calls.filter((rules) => rules.calls.fits(service, operation))
    const id = `${side}${fitting.map((rules) => calls.indexOf(rules)).join()}`
    let made = this.#made.get(id)
    if (made === undefined) {
      const lines = [...fields, ...fitting.flatMap((rules) => rules.fields)]
      made = new FieldRules(lines.filter((line) => line.side === undefined || line.side === side))
      this.#made.set(id, made)
    }
    return made
  }
}
