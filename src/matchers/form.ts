/** `$form: { field: rule }`: the body read as a form, whatever the content type says. */
import type { DecodedBody } from '../core/body.ts'
import type { BodyCondition } from '../core/matcher.ts'
import { formFields } from './form-fields.ts'
import { type BodyOperator, inBody, inText } from './operator.ts'
import { isObject, wrongOperand } from './spec.ts'

export const form: BodyOperator = {
  name: '$form',
  kind: 'body',
  body(operand, scope): BodyCondition {
    if (!isObject(operand)) throw wrongOperand('an object of fields', operand)
    const fields = formFields(operand, scope.text)
    return {
      clauses: fields.clauses,
      // The index reads a body as JSON first, where it parses; a form may happen to parse.
      equalities: [],
      test: (body: DecodedBody) => {
        const read = body.form()
        return read.ok && fields.test(read.value)
      },
      mismatch: (body: DecodedBody) => {
        const read = body.form()
        if (read.ok) return fields.mismatch(read.value)
        return { path: '', expected: fields.describe(), actual: read.problem }
      },
      describe: () => fields.describe(),
    }
  },
  samples: {
    match: [
      inBody({ $form: { a: '1', b: { $contains: 'x' } } }, 'a=1&b=axb&c=3'),
      inBody({ $form: { a: 1 } }, 'a=2&a=1'),
      inBody({ $form: { a: { $absent: true } } }, 'b=1'),
    ],
    noMatch: [
      inBody({ $form: { a: '1' } }, 'a=2'),
      inBody({ $form: { a: '1' } }, ''),
      inBody({ $form: { a: 'x y' } }, 'a=x%20z'),
    ],
    wrong: [
      { position: 'body', spec: { $form: 'a=1' } },
      { position: 'body', spec: { $form: { a: null } } },
      { position: 'text', spec: inText({ $form: { a: '1' } }).spec },
    ],
  },
}
