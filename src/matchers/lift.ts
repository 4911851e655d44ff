/** Puts a check of one value into its position: reads the value as the operator wants it, and minds absence. */
import type { DecodedBody } from '../core/body.ts'
import { indexText, parseJson } from '../core/json.ts'
import type {
  BodyCondition,
  Condition,
  Equality,
  JsonCondition,
  Mismatch,
  Position,
  TextCondition,
} from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { byText, byValue } from './implied.ts'
import type { Check, ValueOperator } from './operator.ts'

export const lift = (operator: ValueOperator, check: Check, position: Position): Condition<never> => {
  if (position === 'text') return new OnTexts(operator, check, position)
  return position === 'json' ? new OnJson(operator, check, position) : new OnBody(operator, check, position)
}

abstract class Lifted {
  readonly clauses: number
  readonly equalities: readonly Equality[]
  protected readonly check: Check
  protected readonly reads: ValueOperator['reads']
  protected readonly absent: boolean

  constructor(operator: ValueOperator, check: Check, position: Position) {
    this.check = check
    this.reads = check.reads ?? operator.reads
    this.absent = check.absent ?? operator.absent
    this.clauses = check.clauses ?? 1
    // What a document inside a text must hold is nothing that an index of texts could look up.
    const opaque = position === 'text' && this.reads === 'json'
    this.equalities = opaque ? [] : (check.equalities ?? [])
  }

  describe(): string {
    return this.check.describe()
  }

  protected failed(actual: string): Mismatch {
    return { path: '', expected: this.describe(), actual }
  }
}

class OnTexts extends Lifted implements TextCondition {
  test(values: readonly string[]): boolean {
    if (values.length === 0) return this.absent
    for (let i = 0; i < values.length; i++) if (this.passes(values[i]!)) return true
    return false
  }

  impliedBy(known: readonly Equality[]): boolean {
    return this.check.changes !== true && byText(known, (values) => this.test(values))
  }

  mismatch(values: readonly string[]): Mismatch {
    if (this.reads === 'json' && values.length === 1) {
      const parsed = parseJson(values[0]!)
      if (!parsed.ok) return this.failed(parsed.problem)
    }
    return this.failed(shownTexts(values))
  }

  private passes(text: string): boolean {
    if (this.reads !== 'json') return this.check.test(text)
    const parsed = parseJson(text)
    return parsed.ok ? this.check.test(parsed.value) : this.absent
  }
}

export const shownTexts = (values: readonly string[]): string =>
  values.length === 0 ? 'absent' : values.length === 1 ? shown(values[0]) : shown(values)

class OnJson extends Lifted implements JsonCondition {
  test(value: unknown): boolean {
    if (value === undefined) return this.absent
    if (this.reads !== 'text') return this.check.test(value)
    const text = textOf(value)
    return text === undefined ? this.absent : this.check.test(text)
  }

  impliedBy(known: readonly Equality[]): boolean {
    return this.check.changes !== true && byValue(known, (value) => this.test(value))
  }

  mismatch(value: unknown): Mismatch {
    const deeper = value === undefined || this.reads === 'text' ? undefined : this.check.mismatch?.(value)
    return deeper ?? this.failed(shown(value))
  }
}

/** A number or a boolean is compared by its text where an operator compares text. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? undefined : indexText(value as number)
}

class OnBody extends Lifted implements BodyCondition {
  test(body: DecodedBody): boolean {
    if (body.problem !== undefined) return false
    if (this.reads === 'presence') return body.bytes.length === 0 ? this.absent : this.check.test('')
    const read = this.read(body)
    if (read.ok) return this.check.test(read.value)
    return this.reads === 'json' && this.absent
  }

  mismatch(body: DecodedBody): Mismatch {
    if (body.problem !== undefined) return this.failed(body.problem)
    if (this.reads === 'presence')
      return this.failed(body.bytes.length === 0 ? 'absent' : `${body.bytes.length} bytes`)
    const read = this.read(body)
    if (!read.ok) return this.failed(read.problem)
    return this.check.mismatch?.(read.value) ?? this.failed(shown(read.value))
  }

  private read(body: DecodedBody): ReturnType<DecodedBody['json']> {
    return this.reads === 'json' ? body.json() : body.text()
  }
}
