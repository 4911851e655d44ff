/** `$matches` and `$doesNotMatch`: a regular expression on the whole text; the dot is any character, as in WireMock. */
import { inBody, inJson, inText, type Scope, type ValueOperator } from './operator.ts'
import { wrongOperand } from './spec.ts'

const regexOf = (operand: unknown, { tools }: Scope): ((text: string) => boolean) => {
  if (typeof operand !== 'string') throw wrongOperand('a regular expression as text', operand)
  return tools.regex(operand)
}

export const matches: ValueOperator = {
  name: '$matches',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: false,
  check(operand, scope) {
    const regex = regexOf(operand, scope)
    return { test: (text) => regex(text as string), describe: () => `matches /${operand}/` }
  },
  samples: {
    match: [
      inText({ $matches: '\\d+' }, '42'),
      inText({ $matches: 'a|ab' }, 'x', 'ab'),
      inText({ $matches: '\\p{Lu}+' }, 'ÄÖ'),
      inJson({ $matches: '\\d+' }, 42),
      inBody({ $matches: 'a.*z' }, 'a\nz'),
    ],
    noMatch: [
      inText({ $matches: '\\d+' }, '42a'),
      inText({ $matches: '.*' }),
      inJson({ $matches: '.*' }, null),
      inJson({ $matches: '.*' }, {}),
      inBody({ $matches: 'a' }, 'aa'),
    ],
    wrong: [
      { position: 'text', spec: { $matches: '(' } },
      { position: 'text', spec: { $matches: 'a)(b' } },
      { position: 'text', spec: { $matches: 12 } },
    ],
  },
}

export const doesNotMatch: ValueOperator = {
  name: '$doesNotMatch',
  kind: 'value',
  positions: ['text', 'json', 'body'],
  reads: 'text',
  absent: true,
  check(operand, scope) {
    const regex = regexOf(operand, scope)
    return { test: (text) => !regex(text as string), describe: () => `does not match /${operand}/` }
  },
  samples: {
    match: [
      inText({ $doesNotMatch: '\\d+' }, '42a'),
      inText({ $doesNotMatch: '.*' }),
      inText({ $doesNotMatch: 'a' }, 'a', 'b'),
      inJson({ $doesNotMatch: '.*' }, null),
      inBody({ $doesNotMatch: 'a' }, 'aa'),
    ],
    noMatch: [
      inText({ $doesNotMatch: '\\d+' }, '42'),
      inJson({ $doesNotMatch: 'a' }, 'a'),
      inBody({ $doesNotMatch: '' }, ''),
    ],
    wrong: [{ position: 'text', spec: { $doesNotMatch: '[' } }],
  },
}
