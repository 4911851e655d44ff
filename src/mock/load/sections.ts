/**
 * The sections of a mock under the names that its protocol's files have (`on`, `send`), and under those that the rest of the program knows
 * (`request`, `response`); values and places, both ways.
 */
import type { Sections } from '../../core/dialect.ts'
import type { Path } from '../../yaml/tree.ts'

type Fields = Readonly<Record<string, unknown>>

/** `mock`: as the file has it. */
export const sectionsOf = (
  mock: object,
  sections: Sections | undefined,
): { readonly request: unknown; readonly response: unknown } => {
  const fields = mock as Fields
  if (sections === undefined) return { request: fields['request'], response: fields['response'] }
  const document = fields[sections.response]
  return {
    request: fields[sections.request],
    response: document === undefined ? undefined : { [sections.response]: document },
  }
}

/** `path`: inside the file, by the program's names. */
export const writtenPath = (path: Path, sections: Sections | undefined): Path => {
  if (sections === undefined || path[0] !== 'mocks') return path
  const [mocks, position, section, ...below] = path
  if (section === 'request') return [mocks, position!, sections.request, ...below]
  if (section !== 'response') return path
  return [mocks, position!, sections.response, ...(below[0] === sections.response ? below.slice(1) : below)]
}

/** The reverse. */
export const knownPath = (path: Path, sections: Sections | undefined): Path => {
  if (sections === undefined || path[0] !== 'mocks') return path
  const [mocks, position, section, ...below] = path
  if (section === sections.request) return [mocks, position!, 'request', ...below]
  return section === sections.response ? [mocks, position!, 'response', section, ...below] : path
}
