/** A mock with `extends`: which one it is made of and how it is changed. Whether that one exists is known when all files are read. */
import { formatMockName, parseMockName, plainName } from '../../core/mock-name.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import type { ExtendingMock } from '../definition.ts'
import { extendingKeys, type MockSpec } from '../file-schema.ts'
import type { SourceText } from './source-text.ts'

interface ExtendingContext {
  readonly service: string
  readonly position: number
  readonly at: SourceLocation
  readonly tenants: readonly string[] | undefined
  readonly texts: SourceText
}

export const readExtending = (
  spec: MockSpec,
  { service, position, at, tenants, texts }: ExtendingContext,
): ExtendingMock | { readonly problems: readonly Problem[] } => {
  const locate: ExtendingMock['locate'] = (path, onKey) =>
    texts.document().locate(['mocks', position, ...path], onKey)
  const problem = (key: string, message: string, hint: string, onKey = false): Problem => ({
    severity: 'error',
    code: 'MOCK_FILE_INVALID',
    ...locate([key], onKey),
    message,
    hint,
  })
  const refused = (...args: Parameters<typeof problem>) => ({ problems: [problem(...args)] })
  if (spec.extends === undefined)
    return refused(
      'patch',
      'patch changes a mock that this one extends, and it extends none',
      "add extends: '<service>: <name of the mock>'",
      true,
    )
  const beside = Object.keys(spec).filter((key) => !extendingKeys.includes(key))
  if (beside.length > 0)
    return {
      problems: beside.map((key) =>
        problem(
          key,
          `${key} stands beside extends`,
          `write it under patch: ${key} is what changes of the other mock`,
          true,
        ),
      ),
    }
  const name = parseMockName(spec.extends)
  if (name === undefined)
    return refused(
      'extends',
      `${JSON.stringify(spec.extends)} does not say whose mock it is`,
      `write the service and the mock's name: '${formatMockName({ service, mock: spec.extends.replace(/^:\s*/, '') })}'`,
    )
  if (name.service !== service)
    return refused(
      'extends',
      `it is a mock of ${name.service}, and this file has mocks of ${service}`,
      `write it into a file of ${name.service}`,
    )
  return {
    base: name.mock,
    name: spec.name === undefined || plainName(service, spec.name) === name.mock ? undefined : spec.name,
    patch: spec.patch ?? {},
    tenants,
    examples: spec.examples,
    position,
    at,
    locate,
  }
}
