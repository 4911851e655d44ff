/** A plain value as a whole body: text as it stands, anything else as JSON, an object also as a form's fields. */

import type { DecodedBody } from '../core/body.ts'
import { type Fields, isFields } from '../core/fields.ts'
import {
  type BodyCondition,
  type Equality,
  type JsonCondition,
  type Mismatch,
  SpecError,
  type TextCondition,
} from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { inBoth } from './combine.ts'
import type { FormFields } from './form-fields.ts'
import { formFields } from './form-fields.ts'

interface Inner {
  text(spec: unknown): TextCondition
  json(spec: unknown): JsonCondition
}

export const plainBody = (spec: unknown, inner: Inner): BodyCondition => {
  if (typeof spec === 'string') return new WholeText(spec)
  const json = inner.json(spec)
  return new Document(json, isFields(spec) ? formOf(spec, inner) : undefined)
}

/** Rules that no form field can satisfy (nested objects, null) leave only JSON. */
const formOf = (spec: Fields, inner: Inner): FormFields | undefined => {
  try {
    return formFields(spec, inner.text)
  } catch (error) {
    if (error instanceof SpecError) return undefined
    throw error
  }
}

class WholeText implements BodyCondition {
  readonly clauses = 1
  readonly equalities: readonly Equality[]
  private readonly expected: string

  constructor(expected: string) {
    this.expected = expected
    this.equalities = [{ path: [], values: [expected] }]
  }

  test(body: DecodedBody): boolean {
    const text = body.text()
    return text.ok && text.value === this.expected
  }

  mismatch(body: DecodedBody): Mismatch {
    const text = body.text()
    return { path: '', expected: this.describe(), actual: text.ok ? shown(text.value) : text.problem }
  }

  describe(): string {
    return shown(this.expected)
  }
}

class Document implements BodyCondition {
  readonly complete: boolean
  readonly clauses: number
  readonly equalities: readonly Equality[]
  private readonly json: JsonCondition
  private readonly form: FormFields | undefined

  constructor(json: JsonCondition, form: FormFields | undefined) {
    this.json = json
    this.form = form
    this.clauses = json.clauses
    this.equalities = form === undefined ? json.equalities : inBoth(json.equalities, form.equalities)
    this.complete = json.complete === true && this.equalities.length === 1
  }

  test(body: DecodedBody): boolean {
    const json = body.json()
    if (json.ok) return this.json.test(json.value)
    if (this.form === undefined || !isForm(body)) return false
    const form = body.form()
    return form.ok && this.form.test(form.value)
  }

  /** What is known may have been read from JSON or from a form; only JSON has anything below a name. */
  impliedBy(known: readonly Equality[]): boolean {
    if (this.json.impliedBy?.(known) !== true) return false
    if (this.form !== undefined) return this.form.impliedBy?.(known) === true
    return known.some(({ path }) => path.length > 1)
  }

  mismatch(body: DecodedBody): Mismatch | undefined {
    const json = body.json()
    if (json.ok) return this.json.mismatch(json.value)
    const form = this.form === undefined || !isForm(body) ? undefined : body.form()
    if (form?.ok) return this.form?.mismatch(form.value)
    return { path: '', expected: this.describe(), actual: form?.problem ?? json.problem }
  }

  describe(): string {
    return this.json.describe()
  }
}

const isForm = ({ contentType }: DecodedBody): boolean =>
  /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)
