/** `$anything: true`: holds always, also where nothing is, as in WireMock. For something, write `$absent: false`. */
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { trueOperand } from './spec.ts'

export const anything: ValueOperator = {
  name: '$anything',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'presence',
  absent: true,
  check(operand) {
    trueOperand(operand)
    return { test: () => true, describe: () => 'anything' }
  },
  samples: {
    match: [
      inText({ $anything: true }, 'x'),
      inText({ $anything: true }),
      inJson({ $anything: true }, null),
      inJson({ a: { $anything: true } }, {}),
      inBody({ $anything: true }, ''),
    ],
    // It has no value that fails; its negation has.
    noMatch: [inText({ $not: { $anything: true } }, 'x'), inJson({ a: { $anything: true } }, 'no object')],
    wrong: [{ position: 'text', spec: { $anything: false } }],
  },
}
