/** Stubs and request patterns of WireMock as mocks of ours: by the same reader as `svc-mock import wiremock`. */

import { stubOf } from '../../app/imports/wiremock/stub.ts'
import { type At, NotPossible, Told } from '../../app/imports/wiremock/told.ts'
import type { RunTimeFile } from '../../app/running.ts'
import type { Fields } from '../../core/fields.ts'
import { AdminError } from './answer.ts'

export interface ConvertedStub {
  readonly file: RunTimeFile
  /** What the mock says otherwise than the stub, each with its place in the stub. */
  readonly changed: readonly string[]
}

const files = {
  take: (name: string, at: At): never => {
    throw new NotPossible(`bodyFileName ${name}: there is no folder __files; give the body itself`, at)
  },
}

const shown = (text: string, at: At): string => (at.length === 0 ? text : `${at.join('.')}: ${text}`)

/** Throws AdminError 422 for what cannot be said. */
export const mocksOf = (stub: Fields): ConvertedStub => {
  const told = new Told()
  try {
    const { mocks, priority } = stubOf(stub, told, files)
    return {
      // Of WireMock's conveniences none are wanted: a stub answers what it says.
      file: { conveniences: false, mocks: mocks.map(({ mock }) => ({ ...mock, priority })) },
      changed: told.changes.map(({ text, at }) => shown(text, at)),
    }
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error
    throw new AdminError(422, 'svc-mock cannot say this', [shown(error.message, error.at)])
  }
}

/** The same for a pattern alone. One that would mean something else is refused: a count must be true. */
export const requestOf = (pattern: Fields): RunTimeFile => {
  const { file, changed } = mocksOf({ request: pattern, response: { status: 200 } })
  if (changed.length > 0) throw new AdminError(422, 'svc-mock cannot count by this', changed)
  return file
}
