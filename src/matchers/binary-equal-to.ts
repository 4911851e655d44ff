/** `$binaryEqualTo: <base64>`: the very bytes of the body, after content-encoding was undone. */
import type { DecodedBody } from '../core/body.ts'
import { SpecError } from '../core/matcher.ts'
import { type BodyOperator, inBody } from './operator.ts'
import { wrongOperand } from './spec.ts'

export const binaryEqualTo: BodyOperator = {
  name: '$binaryEqualTo',
  kind: 'body',
  body(operand) {
    const expected = bytesOf(operand)
    const describe = (): string => `these ${expected.length} bytes`
    return {
      clauses: 1,
      equalities: [],
      test: ({ bytes, problem }: DecodedBody) =>
        problem === undefined &&
        bytes.length === expected.length &&
        expected.every((byte, i) => bytes[i] === byte),
      mismatch: ({ bytes, problem }: DecodedBody) => ({
        path: '',
        expected: describe(),
        actual: problem ?? `${bytes.length} ${bytes.length === expected.length ? 'other ' : ''}bytes`,
      }),
      describe,
    }
  },
  samples: {
    match: [inBody({ $binaryEqualTo: 'YWJj' }, 'abc'), inBody({ $binaryEqualTo: '' }, '')],
    noMatch: [inBody({ $binaryEqualTo: 'YWJj' }, 'abd'), inBody({ $binaryEqualTo: 'YWJj' }, 'abcd')],
    wrong: [
      { position: 'body', spec: { $binaryEqualTo: '%' } },
      { position: 'body', spec: { $binaryEqualTo: 1 } },
      { position: 'text', spec: { $binaryEqualTo: 'YWJj' } },
    ],
  },
}

const bytesOf = (operand: unknown): Uint8Array => {
  if (typeof operand !== 'string') throw wrongOperand('base64 as text', operand)
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(operand))
    throw new SpecError(`not base64: ${operand}`)
  const characters = atob(operand)
  return Uint8Array.from(characters, (character) => character.charCodeAt(0))
}
