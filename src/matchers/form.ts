/**
 * `$form: { field: rule }`: the body read as a form, whatever the content type says. `$byContentType: true`: only a body that is
 * said to be one has fields, as in WireMock.
 */

import type { DecodedBody } from '../core/body.ts'
import { isFields } from '../core/fields.ts'
import type { BodyCondition } from '../core/matcher.ts'
import { formFields } from './form-fields.ts'
import { type BodyOperator, inBody, inText } from './operator.ts'
import { isOn, wrongOperand } from './spec.ts'

const noFields = { ok: true, value: new Map<string, readonly string[]>() } as const

const isForm = ({ contentType }: DecodedBody): boolean =>
  /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)

export const form: BodyOperator = {
  name: '$form',
  kind: 'body',
  options: ['$byContentType'],
  body(operand, scope): BodyCondition {
    if (!isFields(operand)) throw wrongOperand('an object of fields', operand)
    const fields = formFields(operand, scope.text)
    const typed = isOn('$byContentType', scope.option('$byContentType'))
    const fieldsOf = (body: DecodedBody): ReturnType<DecodedBody['form']> =>
      typed && !isForm(body) && body.problem === undefined ? noFields : body.form()
    return {
      clauses: fields.clauses,
      // The index reads a body as JSON first, where it parses; a form may happen to parse.
      equalities: [],
      test: (body: DecodedBody) => {
        const read = fieldsOf(body)
        return read.ok && fields.test(read.value)
      },
      mismatch: (body: DecodedBody) => {
        const read = fieldsOf(body)
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
      inBody({ $form: { a: '1' }, $byContentType: true }, 'a=1', 'application/x-www-form-urlencoded'),
      inBody({ $form: { a: { $absent: true } }, $byContentType: true }, 'a=1', 'text/plain'),
    ],
    noMatch: [
      inBody({ $form: { a: '1' } }, 'a=2'),
      inBody({ $form: { a: '1' } }, ''),
      inBody({ $form: { a: 'x y' } }, 'a=x%20z'),
      inBody({ $form: { a: '1' }, $byContentType: true }, 'a=1', 'text/plain'),
    ],
    wrong: [
      { position: 'body', spec: { $form: 'a=1' } },
      { position: 'body', spec: { $form: { a: null } } },
      { position: 'body', spec: { $form: { a: '1' }, $byContentType: 'yes' } },
      { position: 'text', spec: inText({ $form: { a: '1' } }).spec },
    ],
  },
}
