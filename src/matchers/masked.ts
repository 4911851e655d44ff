/**
 * `$masked: { type, value }`: a recorded field whose value was replaced. It matches the fake itself and, where the key is
 * at hand, every value whose fake it is.
 */
import { isFields } from '../core/fields.ts'
import { SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { inJson, inText, type ValueOperator } from './operator.ts'
import { wrongOperand } from './spec.ts'

interface Operand {
  readonly type: string
  readonly value: string
}

const operandOf = (operand: unknown): Operand => {
  if (!isFields(operand)) throw wrongOperand('{ type, value }', operand)
  const unknown = Object.keys(operand).find((key) => key !== 'type' && key !== 'value')
  if (unknown !== undefined)
    throw new SpecError(`$masked knows no ${unknown}`, [unknown], 'it takes type and value', true)
  const { type, value } = operand
  if (typeof type !== 'string' || type === '')
    throw new SpecError(
      '$masked needs a type',
      ['type'],
      'for example cn-mobile; docs/desensitize.md lists them',
    )
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    throw new SpecError('$masked needs a value, a text or a number', ['value'])
  return { type, value: String(value) }
}

export const masked: ValueOperator = {
  name: '$masked',
  kind: 'value',
  positions: ['text', 'json'],
  reads: 'text',
  absent: false,
  check(operand, { tools }) {
    const { type, value: fake } = operandOf(operand)
    return {
      test: (value) => value === fake || (tools.masks?.(type, String(value), fake) ?? false),
      describe: () =>
        tools.masks === undefined
          ? `${shown(fake)} (for the ${type} that it stands for, give the key: SVC_MOCK_MASK_KEY_FILE)`
          : `${shown(fake)}, or the ${type} that it stands for`,
    }
  },
  samples: {
    match: [
      inText({ $masked: { type: 'cn-mobile', value: '19999123456' } }, '19999123456'),
      inText({ $masked: { type: 'cn-mobile', value: 19_999_123_456 } }, '19999123456'),
      inJson({ $masked: { type: 'cn-mobile', value: '19999123456' } }, 19_999_123_456),
      inJson({ $masked: { type: 'secret', value: 'SVCMOCKx1' } }, 'SVCMOCKx1'),
    ],
    noMatch: [
      inText({ $masked: { type: 'cn-mobile', value: '19999123456' } }, '13800138000'),
      inText({ $masked: { type: 'cn-mobile', value: '19999123456' } }),
      inJson({ $masked: { type: 'cn-mobile', value: '19999123456' } }, { phone: '19999123456' }),
      inJson({ $masked: { type: 'cn-mobile', value: '19999123456' } }),
    ],
    wrong: [
      { position: 'text', spec: { $masked: '19999123456' } },
      { position: 'json', spec: { $masked: { value: '1' } } },
      { position: 'json', spec: { $masked: { type: 'cn-id' } } },
      { position: 'json', spec: { $masked: { type: 'cn-id', value: '9', other: 1 } } },
    ],
  },
}
