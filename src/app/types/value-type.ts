/** Types of what stands in mock files: values of answers, and what conditions let through. */
import { type Fields, isFields } from '../../core/fields.ts'
import {
  absent,
  boolean,
  both,
  integer,
  json,
  list,
  literal,
  number,
  object,
  string,
  type TsType,
  union,
  word,
} from './ts-type.ts'

/** An answer's value: its shape, not its values. What is an expression alone may become anything. */
export const valueType = (value: unknown): TsType => {
  if (value === null) return word('null')
  if (typeof value === 'string') return /^\$\{\{[\s\S]*\}\}$/.test(value) ? json : string
  if (typeof value === 'number') return number
  if (typeof value === 'bigint') return integer
  if (typeof value === 'boolean') return boolean
  if (Array.isArray(value)) return list(value.length === 0 ? json : union(value.map(valueType)))
  if (isFields(value))
    return object(Object.entries(value).map(([name, one]) => ({ name, type: valueType(one) })))
  return json
}

/** What a condition on a field of a body lets through. */
export const conditionType = (spec: unknown): TsType => {
  if (spec === null) return word('null')
  if (typeof spec === 'string' || typeof spec === 'number' || typeof spec === 'boolean') return literal(spec)
  if (typeof spec === 'bigint') return integer
  if (Array.isArray(spec)) return { kind: 'tuple', of: spec.map(conditionType) }
  if (!isFields(spec)) return json
  const keys = Object.keys(spec)
  if (keys.some((key) => key.startsWith('$'))) return both(keys.map((key) => operatorType(key, spec[key])))
  // Fields that it does not name may be there.
  return object(fieldsOf(spec), union([json, absent]))
}

const fieldsOf = (spec: Fields) =>
  Object.entries(spec).map(([name, one]) => {
    const type = conditionType(one)
    const may = type.kind === 'word' && type.text === 'undefined'
    return { name, type, optional: may }
  })

const numbers = new Set([
  '$greaterThan',
  '$greaterThanOrEqual',
  '$lessThan',
  '$lessThanOrEqual',
  '$equalToNumber',
])
const texts = new Set([
  '$matches',
  '$contains',
  '$before',
  '$after',
  '$equalToDateTime',
  '$equalToXml',
  '$matchesXPath',
])

const operatorType = (key: string, spec: unknown): TsType => {
  if (numbers.has(key)) return number
  if (texts.has(key)) return string
  switch (key) {
    case '$equalTo':
      return isFields(spec) || Array.isArray(spec) ? valueType(spec) : conditionType(spec)
    case '$oneOf':
      return Array.isArray(spec) ? union(spec.map(conditionType)) : json
    case '$absent':
      return spec === true ? absent : json
    case '$type':
      return typeNamed(spec)
    case '$equalToJson':
      return equalJson(spec)
    case '$and':
      return Array.isArray(spec) ? both(spec.map(conditionType)) : json
    case '$or':
      return Array.isArray(spec) ? union(spec.map(conditionType)) : json
    case '$form':
      return isFields(spec)
        ? object(
            Object.entries(spec).map(([name, one]) => ({ name, type: textType(one) })),
            word('Values | undefined'),
          )
        : json
    default:
      return json
  }
}

const typeNamed = (spec: unknown): TsType => {
  const names = (Array.isArray(spec) ? spec : [spec]).map(String)
  const known: Readonly<Record<string, TsType>> = {
    string,
    number,
    integer: number,
    boolean,
    null: word('null'),
    array: list(json),
    object: object([], union([json, absent])),
  }
  return union(names.map((name) => known[name] ?? json))
}

/** A text of JSON, or the value itself. */
const equalJson = (spec: unknown): TsType => {
  if (typeof spec !== 'string') return valueType(spec)
  try {
    return valueType(JSON.parse(spec))
  } catch {
    return json
  }
}

const values = word('Values')

/** What a condition on a text lets through: of a query, a cookie, a field of a form. */
export const textType = (spec: unknown): TsType => {
  if (isFields(spec)) {
    if (spec['$absent'] === true) return absent
    if (Array.isArray(spec['$oneOf'])) return union(spec['$oneOf'].map((one) => literal(String(one))))
    return values
  }
  return Array.isArray(spec) ? values : union([literal(String(spec)), list(string)])
}

/** The same where there is one value only: a parameter of the path, a header. */
export const singleTextType = (spec: unknown): TsType => {
  if (isFields(spec)) {
    if (spec['$absent'] === true) return absent
    if (Array.isArray(spec['$oneOf'])) return union(spec['$oneOf'].map((one) => literal(String(one))))
    return string
  }
  return Array.isArray(spec) ? string : literal(String(spec))
}
