/** Specs to conditions, by position: a plain value means equal, an object of `$` keys is operators. */

import type { DecodedBody } from '../core/body.ts'
import type { Fields } from '../core/fields.ts'
import {
  type BodyCondition,
  type Condition,
  type JsonCondition,
  type MatcherTools,
  type Position,
  SpecError,
  type TextCondition,
} from '../core/matcher.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import { allOf } from './combine.ts'
import { operators } from './index.ts'
import { lift } from './lift.ts'
import { liftList } from './lift-list.ts'
import { nearestOperator } from './nearest-operator.ts'
import type { Operator, Path, Scope } from './operator.ts'
import { perValue } from './per-value.ts'
import { plainBody } from './plain-body.ts'
import { partial, plainJson } from './plain-json.ts'
import { plainText } from './plain-text.ts'
import { isOperators } from './spec.ts'
import type { XmlReader } from './xml-reader.ts'

export interface Workshop {
  text(spec: unknown): TextCondition
  json(spec: unknown): JsonCondition
  body(spec: unknown): BodyCondition
}

const byName: ReadonlyMap<string, Operator> = new Map(operators.map((operator) => [operator.name, operator]))

export const compileAt = (tools: MatcherTools, xml: XmlReader): Workshop => {
  const text = (spec: unknown): TextCondition =>
    isOperators(spec) ? compileOperators(spec, 'text') : plainText(spec)
  const json = (spec: unknown): JsonCondition =>
    isOperators(spec) ? compileOperators(spec, 'json') : plainJson(spec, partial, json)
  const body = (spec: unknown): BodyCondition =>
    isOperators(spec) ? compileOperators(spec, 'body') : plainBody(spec, { text, json })
  const here = { text, json, body }

  const compileOperators = <Value>(spec: Fields, position: Position): Condition<Value> => {
    const chosen = chooseOperators(spec)
    const nested = here[position] as (spec: unknown) => Condition<unknown>
    const conditions = collectMistakes(
      chosen.map(
        (operator) => () =>
          within([operator.name], () =>
            compileOne(operator, spec[operator.name], nested, {
              position,
              tools,
              xml,
              option: (name) => (operator.options?.includes(name) ? spec[name] : undefined),
              ...here,
            }),
          ),
      ),
    )
    const joined = allOf(conditions as Condition<unknown>[])
    const together = position === 'text' && (conditions.length > 1 || chosen[0]!.kind === 'group')
    return (together ? perValue(joined as TextCondition, spec) : joined) as Condition<Value>
  }
  return here
}

const compileOne = (
  operator: Operator,
  operand: unknown,
  nested: (spec: unknown) => Condition<unknown>,
  scope: Scope,
): Condition<never> => {
  const { position } = scope
  switch (operator.kind) {
    case 'value':
      if (!operator.positions.includes(position)) throw misplaced(operator.name, position)
      return lift(operator, operator.check(operand, scope), position)
    case 'list':
      return liftList(operator, operand, scope)
    case 'group':
      return operator.group<unknown>(
        operand,
        (spec: unknown, path: Path) => within(path, () => nested(spec)),
        position === 'body' ? (body) => (body as DecodedBody).problem : () => undefined,
      )
    case 'body':
      if (position !== 'body') throw misplaced(operator.name, position)
      return operator.body(operand, scope)
  }
}

const places: Readonly<Record<Position, string>> = {
  text: 'on text (query, headers, cookies, path, forms)',
  json: 'inside a document',
  body: 'on a whole body',
}

const misplaced = (name: string, position: Position): SpecError =>
  new SpecError(`${name} cannot stand here, ${places[position]}`, [], undefined, true)

/** The operators of an object, in its order; its other keys must be options of theirs. */
const chooseOperators = (spec: Fields): readonly Operator[] => {
  const keys = Object.keys(spec)
  const plain = keys.find((key) => !key.startsWith('$'))
  if (plain !== undefined)
    throw new SpecError(
      `an object cannot mix operators with other keys: ${plain}`,
      [plain],
      'to compare a field whose own name begins with $, write { $equalTo: { … } }',
      true,
    )
  const chosen = keys.flatMap((key) => byName.get(key) ?? [])
  const known = (key: string): boolean =>
    byName.has(key) || chosen.some(({ options }) => options?.some((option) => option === key))
  collectMistakes(
    keys.map((key) => () => {
      if (!known(key)) throw unknownKey(key)
    }),
  )
  return chosen
}

const unknownKey = (key: string): SpecError => {
  const owners = operators.filter(({ options }) => options?.some((option) => option === key))
  if (owners.length > 0)
    return new SpecError(
      `${key} is an option and needs its operator beside it`,
      [key],
      `it belongs to ${owners.map(({ name }) => name).join(', ')}`,
      true,
    )
  const names = operators.flatMap(({ name, options }) => [name, ...(options ?? [])])
  const meant = nearestOperator(key, names)
  return new SpecError(`unknown operator ${key}`, [key], meant && `did you mean ${meant}?`, true)
}
