/** Rules as regular expressions and schemas: what conditions of mocks and JSON Schema have in common. */

import { textOf } from '../json-value.ts'
import { datePatternSource } from '../rules/date-pattern.ts'
import { escapeText } from '../rules/escape-text.ts'
import { toJavaScript } from '../rules/regex-tools.ts'
import type { Rule } from '../rules/rule.ts'

const dateFormats: Readonly<Record<string, string>> = {
  date: 'yyyy-MM-dd',
  time: 'HH:mm:ss',
  datetime: "yyyy-MM-dd'T'HH:mm:ssXXX",
}

const semver = '\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?'

/** Of the whole text; undefined: the rule says nothing that an expression could. */
export const expressionOf = ({ name, spec }: Rule): string | undefined => {
  switch (name) {
    case 'regex':
      return toJavaScript(String(spec['regex']))
    case 'include':
      return `[\\s\\S]*${escapeText(textOf(spec['value']))}[\\s\\S]*`
    case 'semver':
      return semver
    case 'notEmpty':
      return '[\\s\\S]+'
    case 'date':
    case 'time':
    case 'datetime': {
      const format = spec['format'] ?? spec[name] ?? spec['timestamp']
      return datePatternSource(typeof format === 'string' && format !== '' ? format : dateFormats[name]!)
    }
    default:
      return undefined
  }
}

export const textNumber: Readonly<Record<string, string>> = {
  number: '[+-]?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?',
  decimal: '[+-]?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?',
  integer: '[+-]?\\d+',
}
