/** Paths of the command line that end with a line, as results print them: `mocks/orders.yaml:36:9`. */
import { relative, resolve } from 'node:path'
import { SvcMockError } from '../../core/errors.ts'
import type { Example } from '../../mock/examples.ts'

export interface Place {
  /** File or folder, as given. */
  readonly path: string
  readonly line: number | undefined
}

export const parsePlace = (text: string): Place => {
  const match = /^(.+?):(\d+)(?::\d+)?$/.exec(text)
  return match === null ? { path: text, line: undefined } : { path: match[1]!, line: Number(match[2]) }
}

/** Of a file that is asked for by lines only, the examples on those lines; of all others, every one. Throws FLAG_INVALID for a line before the first. */
export const onLines = (examples: readonly Example[], places: readonly Place[]): readonly Example[] => {
  const ofFile = Map.groupBy(
    places.map(({ path, line }) => ({ file: resolve(path), line })),
    ({ file }) => file,
  )
  const wanted = new Set<Example>()
  for (const [file, asked] of ofFile) {
    const own = examples.filter((example) => example.file.path === file)
    for (const { line } of asked) {
      const found = line === undefined ? own : around(own, line, file)
      for (const example of found) wanted.add(example)
    }
  }
  return examples.filter((example) => wanted.has(example) || !ofFile.has(example.file.path))
}

/** The last that begins on the line or before it: what is printed may be the place of a step or a condition. */
const around = (examples: readonly Example[], line: number, file: string): readonly Example[] => {
  const before = examples.filter(({ at }) => at.line <= line)
  if (before.length === 0) {
    const first = Math.min(...examples.map(({ at }) => at.line))
    throw new SvcMockError('FLAG_INVALID', `no example stands at line ${line} of ${relative('.', file)}`, {
      hint: examples.length === 0 ? 'the file has none' : `the first one begins at line ${first}`,
    })
  }
  const last = Math.max(...before.map(({ at }) => at.line))
  return before.filter(({ at }) => at.line === last)
}
