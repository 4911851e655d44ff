/** Mistakes in specs, so that all of them are told at once, each with its path from the whole's root. */
import { SpecError } from './matcher.ts'
import { ScriptSpecError } from './script.ts'

/** Several mistakes in one spec. Looks like the first of them to those who want one only. */
class SpecErrors extends SpecError {
  readonly all: readonly SpecError[]

  constructor(first: SpecError, all: readonly SpecError[]) {
    super(first.message, first.path, first.hint, first.onKey, first.code)
    this.all = all
  }
}

export const mistakesIn = (error: SpecError): readonly SpecError[] =>
  error instanceof SpecErrors ? error.all : [error]

/** Does all the work, and then throws what mistakes were found in any of it. */
export const collectMistakes = <T>(works: readonly (() => T)[]): T[] => {
  const done: T[] = []
  const mistakes: SpecError[] = []
  for (const work of works) {
    try {
      done.push(work())
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      mistakes.push(...mistakesIn(error))
    }
  }
  if (mistakes.length > 0) throw together(mistakes)
  return done
}

/** Does work on the part of a spec at `path`. */
export const within = <T>(path: SpecError['path'], work: () => T): T => {
  try {
    return work()
  } catch (error) {
    // A mistake in a script brings its own place.
    if (!(error instanceof SpecError) || error instanceof ScriptSpecError) throw error
    throw together(
      mistakesIn(error).map(
        (one) => new SpecError(one.message, [...path, ...one.path], one.hint, one.onKey, one.code),
      ),
    )
  }
}

const together = (mistakes: readonly SpecError[]): SpecError =>
  mistakes.length === 1 ? mistakes[0]! : new SpecErrors(mistakes[0]!, mistakes)
