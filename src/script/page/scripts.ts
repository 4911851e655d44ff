/**
 * Expressions of mock files in a page, as responders ask for them. What was compiled when the page was built is found by its
 * place; nothing is compiled here, and whole scripts have been refused.
 */
import { realChance } from '../../core/chance.ts'
import { type Clock, realClock } from '../../core/clock.ts'
import { type ErrorCode, SvcMockError } from '../../core/errors.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Expression, Script, ScriptCompiler, ScriptRun } from '../../core/script.ts'
import { formatLocation } from '../../core/source.ts'
import { noteLogs } from '../logs.ts'
import type { PagePlace, PageProgram, ToolPackages } from './program.ts'
import { fromJson, pageJson, pageTools } from './tools.ts'

/** By the place of the first expression: `mocks/orders.yaml#mocks.0.response.body.id`. */
export type PagePrograms = Readonly<Record<string, PageProgram>>

export const programKey = (file: string, [first]: readonly Expression[]): string =>
  `${file}#${first!.path.join('.')}`

export interface PageScriptsOptions {
  readonly programs: PagePrograms
  /** All expressions of the file, as they are written: what tells where one ends. */
  readonly sources: ReadonlySet<string>
  readonly packages: ToolPackages
  readonly clock?: Clock
}

const maxResult = 10 * 1024 * 1024

/** For one file. */
export const pageScripts = (
  file: string,
  { programs, sources, packages, clock = realClock }: PageScriptsOptions,
): ScriptCompiler => ({
  script: () => {
    throw new SpecError('scripts do not run in a page')
  },
  expressions: (expressions) => {
    const program = programs[programKey(file, expressions)]
    if (program === undefined) throw new SpecError('the expressions were not compiled with the page')
    return scriptOf(program, packages, clock)
  },
  expressionProblem: (source) => (sources.has(source) ? undefined : 'it was not compiled with the page'),
  seed: () => undefined,
  now: () => Date.now(),
})

const name = 'template'

const scriptOf = (program: PageProgram, packages: ToolPackages, clock: Clock): Script => {
  const entry = program.places[0]!
  return {
    name,
    at: entry.at,
    wants: program.wants === undefined ? undefined : new Set(program.wants),
    badResult: (why, hint) => failureAt('SCRIPT_BAD_RESULT', why, entry, hint),
    run: (run) => {
      const values = evaluate(program, run, packages, clock)
      const { totalMs } = run.call.service.script
      if (!program.waits) return values
      return new Promise((resolve, reject) => {
        const callOff = clock.after(totalMs, () =>
          reject(failureAt('SCRIPT_TIMEOUT', `did not settle within ${totalMs} ms`, entry)),
        )
        values.then(resolve, reject).finally(callOff)
      })
    },
  }
}

const evaluate = async (
  { waits, expressions, places }: PageProgram,
  run: ScriptRun,
  packages: ToolPackages,
  clock: Clock,
): Promise<readonly string[]> => {
  const logs: string[] = []
  const request = fromJson(run.request)
  const tools = pageTools(
    { packages, clock, chance: realChance, now: () => Date.now(), state: () => run.state() },
    logs,
  )
  const values: unknown[] = []
  for (const [i, expression] of expressions.entries()) {
    try {
      const value = expression(request as never, tools as never)
      values.push(waits ? await value : value)
    } catch (error) {
      noteLogs(run.call, logs)
      throw failureAt('SCRIPT_ERROR', messageOf(error), places[i]!)
    }
  }
  noteLogs(run.call, logs)
  return inJson(values, places[0]!)
}

const inJson = (values: readonly unknown[], place: PagePlace): readonly string[] => {
  let texts: readonly string[]
  try {
    texts = values.map(asJson)
  } catch (error) {
    const why = String((error as Error).message)
      .slice(0, 300)
      .split('\n')[0]
    throw failureAt('SCRIPT_BAD_RESULT', `the result cannot be written as JSON: ${why}`, place)
  }
  if (texts.reduce((length, text) => length + text.length, 0) > maxResult)
    throw failureAt('SCRIPT_BAD_RESULT', 'the result has more than 10 MB', place)
  return texts
}

/** null for what has no JSON. */
const asJson = (value: unknown): string => pageJson.stringify(value) ?? 'null'

const messageOf = (error: unknown): string => {
  try {
    if (typeof error === 'object' && error !== null && 'stack' in error) {
      const { name: kind, message } = error as Error
      return `${kind ?? 'Error'}: ${message}`.slice(0, 1_000)
    }
    return `threw ${typeof error === 'string' ? error : asJson(error)}`.slice(0, 1_000)
  } catch {
    return 'threw something that cannot be shown'
  }
}

const failureAt = (code: ErrorCode, why: string, { at, frame }: PagePlace, hint?: string): SvcMockError =>
  new SvcMockError(code, `${name} (${formatLocation(at)}): ${why}`, {
    source: at,
    details: { script: name, at: formatLocation(at), frame: frame.split('\n') },
    ...(hint !== undefined && { hint }),
  })
