/**
 * `$equalToJson`: the whole document and nothing more, unless an option loosens it. `$` keys inside are literal;
 * JsonUnit's placeholders work as in WireMock. A text is read as JSON, where it is JSON.
 */
import { parseJson } from '../core/json.ts'
import { type JsonCondition, SpecError } from '../core/matcher.ts'
import { shown } from '../core/secrets.ts'
import { placeholderOf } from './json-placeholders.ts'
import { inBody, inJson, inText, type ValueOperator } from './operator.ts'
import { plainJson, type Shape } from './plain-json.ts'
import { isOn } from './spec.ts'

export const equalToJson: ValueOperator = {
  name: '$equalToJson',
  kind: 'value',
  options: ['$ignoreArrayOrder', '$ignoreExtraElements'],
  positions: ['text', 'json', 'body'],
  reads: 'json',
  absent: false,
  check(operand, { option, tools }) {
    const moreItems = isOn('$ignoreExtraElements', option('$ignoreExtraElements'))
    const anyOrder = isOn('$ignoreArrayOrder', option('$ignoreArrayOrder'))
    const shape: Shape = { exactFields: !moreItems, anyOrder, moreItems }
    const expected = documentOf(operand)
    const inner = (spec: unknown): JsonCondition =>
      placeholderOf(spec, tools) ?? plainJson(spec, shape, inner)
    const condition = inner(expected)
    return {
      test: (value) => condition.test(value),
      mismatch: (value) => condition.mismatch(value),
      describe: () => `JSON ${shown(expected)}`,
      equalities: condition.equalities,
      clauses: condition.clauses + 1,
    }
  },
  samples: {
    match: [
      inText({ $equalToJson: { a: 1 } }, '{ "a": 1.0 }'),
      inText({ $equalToJson: '{"a": [1, 2]}' }, '{"a":[1,2]}'),
      inJson({ $equalToJson: { $or: [] } }, { $or: [] }),
      inJson({ $equalToJson: [1, 2], $ignoreArrayOrder: true }, [2, 1]),
      inJson({ $equalToJson: { a: 1 }, $ignoreExtraElements: true }, { a: 1, b: 2 }),
      inJson({ $equalToJson: [{ id: 2 }, { id: 1 }], $ignoreArrayOrder: true, $ignoreExtraElements: true }, [
        { id: 1, x: 1 },
        { id: 3 },
        { id: 2 },
      ]),
      inBody(
        { $equalToJson: { id: '${json-unit.any-number}', s: '${json-unit.regex}[a-z]+' } },
        '{"id":1,"s":"x"}',
      ),
      inBody({ $equalToJson: { a: '${json-unit.ignore}', b: '#{json-unit.any-string}' } }, '{"a":[],"b":""}'),
      inBody({ $equalToJson: '9007199254740993' }, '9007199254740993'),
    ],
    noMatch: [
      inText({ $equalToJson: { a: 1 } }, '{"a":1,"b":2}'),
      inText({ $equalToJson: { a: 1 } }),
      inText({ $equalToJson: { a: 1 } }, 'no json'),
      inJson({ $equalToJson: [1, 2] }, [2, 1]),
      inJson({ $equalToJson: [1, 1], $ignoreArrayOrder: true }, [1, 2]),
      inJson({ $equalToJson: { a: '${json-unit.any-boolean}' } }, { a: 'true' }),
      inJson({ $equalToJson: { a: '${json-unit.any-string}' } }, {}),
      inBody({ $equalToJson: {} }, ''),
      inBody({ $equalToJson: 9007199254740993n }, '9007199254740992'),
    ],
    wrong: [
      { position: 'body', spec: { $equalToJson: '{"a":' } },
      { position: 'body', spec: { $equalToJson: {}, $ignoreArrayOrder: 'yes' } },
      { position: 'body', spec: { $equalToJson: { a: '${json-unit.any-strnig}' } } },
      { position: 'body', spec: { $ignoreArrayOrder: true } },
    ],
  },
}

const documentOf = (operand: unknown): unknown => {
  if (typeof operand !== 'string') return operand
  const parsed = parseJson(operand)
  if (parsed.ok) return parsed.value
  if (/^[#$]\{json-unit\./.test(operand)) return operand
  throw new SpecError(
    parsed.problem,
    [],
    'write the document as YAML, or as JSON in quotes; a text alone is written \'"text"\'',
  )
}
