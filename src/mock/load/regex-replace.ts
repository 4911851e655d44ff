/** Replacing what a regular expression finds, bounded in time as matching is; see regex-guard.ts. */
import { createContext, Script } from 'node:vm'
import { RegexTimeout, SpecError } from '../../core/matcher.ts'
import type { ResponderTools } from '../../core/responder.ts'
import { enableLinearEngine } from './regex-guard.ts'
import { countChoices, nestsRepetition } from './regex-shape.ts'
import { flagsFor, hintFor } from './whole-regex.ts'

const timeLimitMs = 20
/** Whole bodies are searched: a harmless expression needs about 10 ms for a megabyte. */
const timeLimitPerMegabyteMs = 20
const harmlessSteps = 1_000_000

export const createRegexReplacer = (): ResponderTools['replacer'] => {
  enableLinearEngine()
  let guard: Guard | undefined
  return (source, replacement) => {
    const regex = compileGlobal(source)
    const choices = countChoices(source)
    const nested = nestsRepetition(source)
    // A search may begin anywhere, which is one choice more than a match of the whole text has.
    const harmless = (length: number): boolean =>
      choices === 0 || (!nested && Math.max(length, 2) ** (choices + 1) <= harmlessSteps)
    return (text) => {
      if (harmless(text.length)) return replace(regex, text, replacement)
      guard ??= createGuard()
      return guard(regex, text, replacement)
    }
  }
}

const compileGlobal = (source: string): RegExp => {
  try {
    return new RegExp(source, `g${flagsFor(source)}`)
  } catch (error) {
    throw new SpecError((error as Error).message, [], hintFor(source))
  }
}

const replace = (regex: RegExp, text: string, replacement: string): string | undefined => {
  regex.lastIndex = 0
  if (!regex.test(text)) return undefined
  return text.replace(regex, replacement)
}

type Guard = (regex: RegExp, text: string, replacement: string) => string | undefined

const createGuard = (): Guard => {
  const sandbox: { work: (() => string | undefined) | undefined } = { work: undefined }
  const context = createContext(sandbox)
  const script = new Script('work()')
  return (regex, text, replacement) => {
    const limit = Math.round(timeLimitMs + (timeLimitPerMegabyteMs * text.length) / 1e6)
    sandbox.work = () => replace(regex, text, replacement)
    try {
      return script.runInContext(context, { timeout: limit }) as string | undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      throw new RegexTimeout(`the expression took longer than ${limit} ms`)
    } finally {
      sandbox.work = undefined
    }
  }
}
