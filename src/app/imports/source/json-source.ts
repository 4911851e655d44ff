/** A source in JSON: read whole, with the place of each value. */
import { readFileSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import { SvcMockError } from '../../../core/errors.ts'
import type { SourceLocation } from '../../../core/source.ts'
import { parseDocument } from '../../../yaml/document.ts'
import { JsonNode } from './json-node.ts'

export interface JsonSource {
  readonly root: JsonNode
  /** Relative to the working directory, with `/`. */
  readonly file: string
  /** Relative to the workspace, with `/`: what made files call their source. */
  readonly source: string
  /** Absolute. */
  readonly path: string
}

const maxBytes = 100 * 1024 * 1024

/** `what`: `a Postman collection`, for messages. Throws IMPORT_INVALID. */
export const readJsonSource = (
  path: string,
  { cwd, root }: { readonly cwd: string; readonly root: string },
  what: string,
): JsonSource => {
  const absolute = resolve(cwd, path)
  const file = slashed(relative(cwd, absolute)) || path
  const text = readText(absolute, file)
  // Places are told as those of a JSON file, whatever its name ends in.
  const document = parseDocument(text, 'source.json', 'IMPORT_INVALID')
  const [problem] = document.problems
  if (problem !== undefined) {
    const { line, column } = problem.at
    throw new SvcMockError(
      'IMPORT_INVALID',
      `${file} is no ${what.replace(/^an? /, '')}: ${problem.message}`,
      {
        source: { file, line, column },
        hint: hintFor(text, what),
        details: { frame: problem.frame },
      },
    )
  }
  const locate = (at: readonly (string | number)[]): SourceLocation => {
    const { line, column } = document.locate(at).at
    return { file, line, column }
  }
  return {
    root: new JsonNode(document.value, [], locate),
    file,
    source: slashed(relative(root, absolute)),
    path: absolute,
  }
}

/** A source that is JSON and something else. */
export const refuseSource = (node: JsonNode, message: string, hint: string): SvcMockError =>
  new SvcMockError('IMPORT_INVALID', message, { source: node.at, hint })

const slashed = (path: string): string => path.split(sep).join('/')

const readText = (path: string, file: string): string => {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new SvcMockError('IMPORT_INVALID', `${file} cannot be read: ${code}`, {
      hint: code === 'EISDIR' ? 'name the file inside the folder' : 'check the path',
    })
  }
  if (bytes.length > maxBytes)
    throw new SvcMockError('IMPORT_INVALID', `${file} has more than 100 MB`, {
      hint: 'export a part of it',
    })
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SvcMockError('IMPORT_INVALID', `${file} is not UTF-8`, { hint: 'save it as UTF-8' })
  }
}

const hintFor = (text: string, what: string): string => {
  if (/<%[\s\S]*%>/.test(text))
    return 'it holds <% … %>, which its tool fills in as it loads: save what the tool has loaded, as with mb save'
  if (/^\s*(?:openapi|swagger)\s*:/m.test(text)) return 'it looks like OpenAPI: svc-mock import openapi'
  if (text.trim() === '') return 'the file is empty'
  return `export ${what} as JSON`
}
