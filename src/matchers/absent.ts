/** `$absent: true`: nothing is there; `$absent: false`: something is. An empty body is absent, null in JSON is not. */
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { booleanOperand } from './spec.ts'

export const absent: ValueOperator = {
  name: '$absent',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'presence',
  absent: true,
  check(operand) {
    const none = booleanOperand(operand)
    return { test: () => !none, absent: none, describe: () => (none ? 'absent' : 'present') }
  },
  samples: {
    match: [
      inText({ $absent: true }),
      inText({ $absent: false }, ''),
      inJson({ a: { $absent: true } }, {}),
      inJson({ $absent: false }, null),
      inBody({ $absent: true }, ''),
      inBody({ $absent: false }, 'x'),
    ],
    noMatch: [
      inText({ $absent: true }, ''),
      inText({ $absent: false }),
      inJson({ a: { $absent: true } }, { a: null }),
      inJson({ $absent: false }),
      inBody({ $absent: true }, 'x'),
      inBody({ $absent: false }, ''),
    ],
    wrong: [
      { position: 'text', spec: { $absent: 'yes' } },
      { position: 'json', spec: { $absent: null } },
    ],
  },
}
