/** `$contains` and `$doesNotContain`: a text inside the text. What is no text, or not there, does not contain it. */
import { shown } from '../core/secrets.ts'
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { textOperand } from './spec.ts'

export const contains: ValueOperator = {
  name: '$contains',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand) {
    const part = textOperand(operand)
    return { test: (text) => (text as string).includes(part), describe: () => `contains ${shown(part)}` }
  },
  samples: {
    match: [
      inText({ $contains: 'json' }, 'application/json'),
      inText({ $contains: 'b' }, 'a', 'abc'),
      inJson({ $contains: 'b' }, 'abc'),
      inJson({ $contains: 23 }, 1234),
      inBody({ $contains: 'b' }, 'abc'),
    ],
    noMatch: [
      inText({ $contains: 'json' }),
      inText({ $contains: 'json' }, 'JSON', 'text'),
      inJson({ $contains: 'b' }, ['b']),
      inJson({ $contains: 'null' }, null),
      inBody({ $contains: 'x' }, 'abc'),
    ],
    wrong: [
      { position: 'text', spec: { $contains: null } },
      { position: 'json', spec: { $contains: ['a'] } },
    ],
  },
}

export const doesNotContain: ValueOperator = {
  name: '$doesNotContain',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: true,
  check(operand) {
    const part = textOperand(operand)
    return {
      test: (text) => !(text as string).includes(part),
      describe: () => `does not contain ${shown(part)}`,
    }
  },
  samples: {
    match: [
      inText({ $doesNotContain: 'x' }, 'abc'),
      inText({ $doesNotContain: 'x' }),
      // As in WireMock: one value without it is enough.
      inText({ $doesNotContain: 'x' }, 'x', 'y'),
      inJson({ $doesNotContain: 'x' }, { x: 1 }),
      inBody({ $doesNotContain: 'x' }, ''),
    ],
    noMatch: [
      inText({ $doesNotContain: 'b' }, 'abc'),
      inText({ $doesNotContain: 'x' }, 'x', 'xx'),
      inJson({ $doesNotContain: 'x' }, 'x'),
      inBody({ $doesNotContain: 'b' }, 'abc'),
    ],
    wrong: [{ position: 'text', spec: { $doesNotContain: {} } }],
  },
}
