/** The smallest mock file that would have answered a call, ready to paste. */
import type { Call } from '../core/call.ts'

export const smallestMock = (call: Call): string =>
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
