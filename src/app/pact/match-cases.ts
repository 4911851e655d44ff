/** `svc-mock pact match`: cases of expected and actual, from a file or standard input, one or one a line. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type CaseAnswer, type CaseDefaults, matchCase } from '../../contract/formats/pact/match-case.ts'
import { SvcMockError } from '../../core/errors.ts'
import { createPactMatcher } from './matcher.ts'

export { caseKinds, specVersions } from '../../contract/formats/pact/match-case.ts'

export type MatchAnswer = Extract<CaseAnswer, { readonly match: boolean }>

/** A line of --ndjson that could not be read. */
export interface LineError {
  readonly error: {
    readonly code: 'PACT_INVALID'
    readonly line: number
    readonly message: string
    readonly hint?: string
  }
}

export interface Input {
  /** A path; `-` or undefined: standard input. */
  readonly file: string | undefined
  readonly stdin: Readable
}

/** Throws PACT_INVALID. */
export const matchOne = async (input: Input, defaults: CaseDefaults): Promise<MatchAnswer> => {
  const answer = matchCase(await readAll(input), defaults, createPactMatcher())
  if ('match' in answer) return answer
  const { message, hint } = answer.error
  throw new SvcMockError('PACT_INVALID', `${nameOf(input)}: ${message}`, hint === undefined ? {} : { hint })
}

/** One answer for each line that is not empty, in order; a broken one does not end the rest. */
export async function* matchLines(
  input: Input,
  defaults: CaseDefaults,
): AsyncGenerator<MatchAnswer | LineError> {
  const matcher = createPactMatcher()
  let line = 0
  try {
    for await (const one of createInterface({ input: open(input), crlfDelay: Infinity })) {
      line++
      if (one.trim() === '') continue
      const answer = matchCase(one, defaults, matcher)
      yield 'match' in answer ? answer : { error: { code: 'PACT_INVALID', line, ...answer.error } }
    }
  } catch (error) {
    throw unreadable(input, error)
  }
}

const nameOf = ({ file }: Input): string => (file === undefined || file === '-' ? 'standard input' : file)

const open = ({ file, stdin }: Input): Readable =>
  file === undefined || file === '-' ? stdin : createReadStream(file)

const readAll = async (input: Input): Promise<string> => {
  try {
    return await text(open(input))
  } catch (error) {
    throw unreadable(input, error)
  }
}

const unreadable = (input: Input, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined || error instanceof SvcMockError
    ? error
    : new SvcMockError('PACT_INVALID', `${nameOf(input)} cannot be read: ${code}`)
}
