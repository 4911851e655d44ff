/** Rules for the fields of a form, each a text rule. Fields that are not named may be there. */
import type { Fields } from '../core/fields.ts'
import type { Condition, Equality, Mismatch, TextCondition } from '../core/matcher.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import { shown } from '../core/secrets.ts'
import { knownAt } from './implied.ts'
import { atField } from './place.ts'

type Form = ReadonlyMap<string, readonly string[]>

export type FormFields = Condition<Form>

export const formFields = (spec: Fields, text: (spec: unknown) => TextCondition): FormFields => {
  const works = Object.keys(spec).map((name) => (): Field => [name, within([name], () => text(spec[name]))])
  return new FieldRules(collectMistakes(works), spec)
}

type Field = readonly [name: string, condition: TextCondition]

const noValues: readonly string[] = []

class FieldRules implements FormFields {
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly fields: readonly Field[]
  private readonly spec: Fields

  constructor(fields: readonly Field[], spec: Fields) {
    this.fields = fields
    this.spec = spec
    this.clauses = Math.max(
      1,
      fields.reduce((total, [, { clauses }]) => total + clauses, 0),
    )
    this.equalities = fields.flatMap(([name, { equalities }]) =>
      equalities.map(({ values }) => ({ path: [name], values })),
    )
  }

  test(form: Form): boolean {
    return this.failing(form) === undefined
  }

  impliedBy(known: readonly Equality[]): boolean {
    return this.fields.every(([name, condition]) => condition.impliedBy?.(knownAt(known, name)) === true)
  }

  mismatch(form: Form): Mismatch | undefined {
    const [name, condition] = this.failing(form) ?? []
    if (name === undefined) return undefined
    const found = condition?.mismatch(form.get(name) ?? noValues)
    return found && atField(name, found)
  }

  describe(): string {
    return `form ${shown(this.spec)}`
  }

  private failing(form: Form): Field | undefined {
    return this.fields.find(([name, condition]) => !condition.test(form.get(name) ?? noValues))
  }
}
