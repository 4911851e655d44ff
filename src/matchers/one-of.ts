/** `$oneOf`: equal to one of several plain values. */
import { indexText, sameScalar } from '../core/json.ts'
import { SpecError } from '../core/matcher.ts'
import { collectMistakes, within } from '../core/mistakes.ts'
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { isScalar, listOperand, textOperand } from './spec.ts'

export const oneOf: ValueOperator = {
  name: '$oneOf',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'plain',
  absent: false,
  check(operand, { position }) {
    const values = listOperand(operand)
    const describe = (): string => `one of ${shown(values)}`
    if (position === 'text' || (position === 'body' && values.every((value) => typeof value === 'string'))) {
      const texts = new Set(
        collectMistakes(values.map((value, i) => () => within([i], () => textOperand(value)))),
      )
      const equalities = [{ path: [], values: [...texts] }]
      const check = { test: (text: unknown) => texts.has(text as string), describe, equalities }
      return position === 'body' ? { ...check, reads: 'text' } : check
    }
    const scalars = values.filter(isScalar)
    if (scalars.length < values.length)
      throw new SpecError('it takes plain values only', [], 'write { $or: […] } for objects and lists')
    // By their index texts, then by type: `1` and `"1"` share a text.
    const byText = Map.groupBy(scalars, indexText)
    const check = {
      test: (value: unknown) =>
        isScalar(value) && byText.get(indexText(value))?.some((scalar) => sameScalar(value, scalar)) === true,
      describe,
      equalities: [{ path: [], values: scalars }],
    }
    return position === 'body' ? { ...check, reads: 'json' } : check
  },
  samples: {
    match: [
      inText({ $oneOf: ['a', 1] }, 'x', '1'),
      inJson({ $oneOf: ['a', 1, null] }, null),
      inJson({ $oneOf: [1e20] }, 100000000000000000000n),
      inBody({ $oneOf: ['a', 'b'] }, 'b'),
      inBody({ $oneOf: [1, 'b'] }, '"b"'),
    ],
    noMatch: [
      inText({ $oneOf: ['a'] }),
      inText({ $oneOf: ['a', 'b'] }, 'ab'),
      inJson({ $oneOf: ['1', 2] }, 1),
      inJson({ $oneOf: ['a'] }, ['a']),
      inJson({ $oneOf: [null] }),
      inBody({ $oneOf: ['a'] }, '"a"'),
    ],
    wrong: [
      { position: 'text', spec: { $oneOf: 'a' } },
      { position: 'text', spec: { $oneOf: [] } },
      { position: 'text', spec: { $oneOf: [null] } },
      { position: 'json', spec: { $oneOf: [{ a: 1 }] } },
    ],
  },
}
