/** `$type`: the kind of a JSON value. `integer` is a number without fraction, as in JSON Schema. */
import { SpecError } from '../core/matcher.ts'
import { inBody, inJson, type ValueOperator } from './operator.ts'

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' || typeof value === 'bigint',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: (value) => Array.isArray(value),
  null: (value) => value === null,
}

/** YAML reads a bare null as null. */
const nameOf = (operand: unknown): string => {
  const name = String(operand)
  if (Object.hasOwn(types, name)) return name
  throw new SpecError(`it takes one of ${Object.keys(types).join(', ')}`)
}

export const type: ValueOperator = {
  name: '$type',
  kind: 'value',
  positions: ['json', 'body'],
  reads: 'json',
  absent: false,
  check(operand) {
    const names = (Array.isArray(operand) && operand.length > 0 ? operand : [operand]).map(nameOf)
    const tests = names.map((name) => types[name]!)
    return {
      test: (value) => tests.some((test) => test(value)),
      describe: () => `of type ${names.join(' or ')}`,
    }
  },
  samples: {
    match: [
      inJson({ $type: 'string' }, ''),
      inJson({ $type: 'integer' }, 1.0),
      inJson({ $type: 'integer' }, 9007199254740993n),
      inJson({ $type: ['number', 'null'] }, null),
      inJson({ $type: null }, null),
      inBody({ $type: 'array' }, '[]'),
    ],
    noMatch: [
      inJson({ $type: 'string' }),
      inJson({ $type: 'integer' }, 1.5),
      inJson({ $type: 'object' }, null),
      inJson({ $type: 'object' }, []),
      inBody({ $type: 'string' }, 'no json'),
    ],
    wrong: [
      { position: 'json', spec: { $type: 'text' } },
      { position: 'json', spec: { $type: '__proto__' } },
      { position: 'text', spec: { $type: 'string' } },
    ],
  },
}
