/** `statusCode`: a class of HTTP status, or a list of them (Pact specification V4). */
import { isNumber, shown, textOf } from '../json-value.ts'
import { RuleError, type RuleKind } from './rule.ts'

const classes: Readonly<Record<string, (status: number) => boolean>> = {
  info: (status) => status >= 100 && status < 200,
  success: (status) => status >= 200 && status < 300,
  redirect: (status) => status >= 300 && status < 400,
  clientError: (status) => status >= 400 && status < 500,
  serverError: (status) => status >= 500 && status < 600,
  nonError: (status) => status < 400,
  error: (status) => status >= 400,
}

const testOf = (wanted: unknown): ((status: number) => boolean) => {
  if (typeof wanted === 'string' && Object.hasOwn(classes, wanted)) return classes[wanted]!
  if (isNumber(wanted)) return (status) => status === Number(textOf(wanted))
  if (Array.isArray(wanted) && wanted.every(isNumber)) {
    const codes = new Set(wanted.map((code) => Number(textOf(code))))
    return (status) => codes.has(status)
  }
  throw new RuleError(
    `status of the rule statusCode is not known: ${shown(wanted)}`,
    `a list of codes, or one of ${Object.keys(classes).join(', ')}`,
  )
}

export const statusCode: RuleKind = {
  name: 'statusCode',
  aliases: ['status-code'],
  since: 4,
  read: (spec) => {
    const test = testOf(spec['status'])
    return {
      check: ({ actual }) =>
        test(Number(textOf(actual)))
          ? undefined
          : `expected status ${textOf(actual)} to be ${Array.isArray(spec['status']) ? `one of ${spec['status'].join(', ')}` : textOf(spec['status'])}`,
    }
  },
  samples: {
    match: [
      { rule: { status: 'info' }, expected: 100, actual: 199 },
      { rule: { status: 'success' }, expected: 200, actual: 204 },
      { rule: { status: 'redirect' }, expected: 301, actual: 302 },
      { rule: { status: 'clientError' }, expected: 400, actual: 422 },
      { rule: { status: 'serverError' }, expected: 500, actual: 503 },
      { rule: { status: 'nonError' }, expected: 200, actual: 301 },
      { rule: { status: 'error' }, expected: 400, actual: 500 },
      { rule: { status: [200, 201] }, expected: 200, actual: 201 },
    ],
    noMatch: [
      { rule: { status: 'info' }, expected: 100, actual: 200 },
      { rule: { status: 'success' }, expected: 200, actual: 301 },
      { rule: { status: 'redirect' }, expected: 301, actual: 200 },
      { rule: { status: 'clientError' }, expected: 400, actual: 500 },
      { rule: { status: 'serverError' }, expected: 500, actual: 404 },
      { rule: { status: 'nonError' }, expected: 200, actual: 404 },
      { rule: { status: 'error' }, expected: 400, actual: 200 },
      { rule: { status: [200, 201] }, expected: 200, actual: 202 },
    ],
  },
}
