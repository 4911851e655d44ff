/**
 * Regular expressions bounded in time. Short texts run in V8 itself, which turns to its linear engine when an
 * expression backtracks too often; whatever that cannot bound runs under a watchdog that stops it after 20 ms.
 */
import { setFlagsFromString } from 'node:v8'
import { createContext, Script } from 'node:vm'
import { type MatcherTools, RegexTimeout } from '../../core/matcher.ts'
import { countChoices, nestsRepetition } from './regex-shape.ts'
import { compileWhole } from './whole-regex.ts'

const timeLimitMs = 20
const attemptsAtMost = 5
/** Steps that surely take less than the limit. A guarded run costs about 0.1 ms, so what is harmless runs bare. */
const harmlessSteps = 1_000_000
/**
 * Up to this length the linear engine takes over in time. Beyond it does not: V8 counts no backtracks inside a
 * greedy `.*`, and `.*a.*b` alone takes a second on 100 kB.
 */
const shortText = 512

/**
 * The flags are read whenever an expression is compiled, so they may be set while running; they are of the whole
 * process and only make expressions safer. The last makes the flag `l` known, by which one asks whether the linear
 * engine can take an expression. A V8 without them refuses `l`, and more is guarded.
 */
export const enableLinearEngine = (): void => {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  setFlagsFromString('--regexp-backtracks-before-fallback=20000')
  setFlagsFromString('--enable-experimental-regexp-engine')
}

export const createRegexTester = (): MatcherTools['regex'] => {
  enableLinearEngine()
  let guard: Guard | undefined
  return (source) => {
    const regex = compileWhole(source)
    const choices = countChoices(source)
    if (choices <= 1) return (text) => regex.test(text)
    const linear = isLinear(regex)
    const nested = nestsRepetition(source)
    const harmless = (length: number): boolean =>
      (linear && length <= shortText) || (!nested && Math.max(length, 2) ** choices <= harmlessSteps)
    return (text) => {
      if (harmless(text.length)) return regex.test(text)
      guard ??= createGuard()
      return guard(regex, text)
    }
  }
}

/** Why an expression may run into the time limit, or undefined: `check` warns of it. Invalid ones are no risk. */
export const riskOf = (source: string): string | undefined => {
  enableLinearEngine()
  try {
    if (!nestsRepetition(source) || isLinear(compileWhole(source))) return undefined
  } catch {
    return undefined
  }
  return 'a repeated group beside look-around, back-references, long counts or Unicode classes can backtrack for ever'
}

const isLinear = ({ source, flags }: RegExp): boolean => {
  try {
    RegExp(source, `${flags}l`)
    return true
  } catch {
    return false
  }
}

type Guard = (regex: RegExp, text: string) => boolean

const createGuard = (): Guard => {
  const sandbox: { regex: RegExp | undefined; text: string } = { regex: undefined, text: '' }
  const context = createContext(sandbox)
  const script = new Script('regex.test(text)')
  const attempt = (): boolean | undefined => {
    try {
      return script.runInContext(context, { timeout: timeLimitMs }) as boolean
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      return undefined
    }
  }
  return (regex, text) => {
    sandbox.regex = regex
    sandbox.text = text
    try {
      for (let left = attemptsAtMost; left > 0; left--) {
        const before = process.threadCpuUsage()
        const result = attempt()
        if (result !== undefined) return result
        const { user, system } = process.threadCpuUsage(before)
        // The limit is the clock's: on a busy machine the expression may hardly have begun.
        if ((user + system) / 1_000 >= timeLimitMs / 2) break
      }
      throw new RegexTimeout(`the expression took longer than ${timeLimitMs} ms`)
    } finally {
      sandbox.regex = undefined
      sandbox.text = ''
    }
  }
}
