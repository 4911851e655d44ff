/** Pact files on a disk: read, with the places of what cannot be. What is wrong with one does not keep the others out. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import {
  type FileProblem,
  type JsonPath,
  type PactFile,
  readPactFile,
} from '../../contract/formats/pact/file/pact-file.ts'
import { readJson } from '../../contract/formats/pact/json-value.ts'
import type { RuleTools } from '../../contract/formats/pact/rules/rule.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { SourceLocation } from '../../core/source.ts'
import { parseDocument, type YamlDocument } from '../../yaml/document.ts'

/** The file, or the `.json` files of the folder, in order. Throws PACT_INVALID for a path that is not there, and an empty folder. */
export const pactFiles = (path: string): readonly string[] => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new SvcMockError('PACT_INVALID', `${path} is not there`)
  if (!found.isDirectory()) return [path]
  const names = readdirSync(path).filter((name) => name.endsWith('.json'))
  if (names.length === 0) throw new SvcMockError('PACT_INVALID', `${path} holds no .json file`)
  return names.sort().map((name) => join(path, name))
}

export interface ReadPact {
  /** Relative to the working directory. */
  readonly shown: string
  readonly text: string
  /** undefined: it could not be read at all. */
  readonly pact: PactFile | undefined
  readonly problems: readonly Problem[]
  at(path: JsonPath): SourceLocation
}

export const readPact = (path: string, cwd: string, tools: RuleTools): ReadPact => {
  const shown = relative(cwd, path).split(sep).join('/') || path
  const start = { file: shown, line: 1, column: 1 }
  let text: string
  try {
    text = readFileSync(path, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    const message = `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`
    return { shown, text: '', pact: undefined, problems: [invalid(start, message)], at: () => start }
  }
  // Places of mistakes are those of a .json file, whatever its name.
  const document = parseDocument(text, shown.endsWith('.json') ? shown : `${shown}.json`, 'PACT_INVALID')
  const read = readJson(text)
  if (!read.ok) {
    const [first] = document.problems
    const problem =
      first === undefined ? invalid(start, read.problem) : { ...first, at: { ...first.at, file: shown } }
    return { shown, text, pact: undefined, problems: [problem], at: () => start }
  }
  const pact = readPactFile(read.value, tools)
  return {
    shown,
    text,
    pact,
    problems: pact.problems.map((one) => placed(one, document, shown)),
    at: (place) => ({ ...document.locate(place).at, file: shown }),
  }
}

const invalid = (at: SourceLocation, message: string): Problem => ({
  severity: 'error',
  code: 'PACT_INVALID',
  at,
  message,
})

const placed = ({ path, message, hint }: FileProblem, document: YamlDocument, shown: string): Problem => {
  const { at, frame } = document.locate(path)
  return { ...invalid({ ...at, file: shown }, message), frame, ...(hint !== undefined && { hint }) }
}
