/** The smallest mock file that would have answered a call, ready to paste. */
import type { Call } from '../core/call.ts'
import type { MockDialect } from '../core/dialect.ts'
import { stringifyJson } from '../core/json.ts'

export const smallestMock = async (call: Call, dialect: MockDialect | undefined): Promise<string> => {
  const own = await dialect?.smallest?.(call)
  if (own === undefined) return ofHttp(call)
  return [
    `service: ${quoted(call.service.name)}`,
    `protocol: ${call.protocol}`,
    ...(call.version === undefined ? [] : [`version: ${quoted(call.version)}`]),
    'mocks:',
    ...(dialect?.sections === undefined
      ? ['  - request:', ...linesOf(own.request), '    response:', ...linesOf(own.response)]
      : [
          `  - ${dialect.sections.request}:`,
          ...linesOf(own.request),
          // The section is the document, so that the response is the section.
          ...linesOf(own.response).map((line) => line.slice(2)),
        ]),
    '',
  ].join('\n')
}

/** JSON is YAML. */
const linesOf = (section: object): readonly string[] =>
  Object.entries(section).map(
    ([key, value]) => `      ${key}: ${typeof value === 'string' ? quoted(value) : stringifyJson(value)}`,
  )

const ofHttp = (call: Call): string =>
  [
    `service: ${quoted(call.service.name)}`,
    ...(call.version === undefined ? [] : [`version: ${quoted(call.version)}`]),
    'mocks:',
    '  - request:',
    `      method: ${quoted(call.method)}`,
    `      path: ${quoted(literalPath(call.path))}`,
    '    response:',
    '      status: 200',
    '',
  ].join('\n')

/** Braces would open a parameter. */
const literalPath = (path: string): string => path.replaceAll('{', '%7B').replaceAll('}', '%7D')

/** JSON strings are YAML strings; quotes are left out only where nothing could be misread. */
const quoted = (text: string): string =>
  /^[A-Za-z/][\w/.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text)
