/**
 * `request: { script }`: a script decides whether the mock matches. Selection is synchronous, so it first takes such
 * a mock as matching, then asks its script, and selects again without it when the answer is no.
 */
import type { Call } from '../core/call.ts'
import type { Clause } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import type { ScriptCompiler, SpecPath } from '../core/script.ts'
import { type RequestSource, scriptRequest } from '../core/script-request.ts'

export interface ScriptClause {
  readonly clause: Clause
  /** For `list` and `explain`. */
  readonly notes: readonly string[]
  /** Whether the script has been asked about this call and said yes. */
  agreed(call: Call): boolean
  /** Asks the script; after a no, `clause` fails for this call. Rejects with SvcMockError SCRIPT_…. */
  decide(call: Call): Promise<void>
}

export interface ScriptClauseContext {
  readonly scripts: ScriptCompiler | undefined
  /** Where the mock stands in its file. */
  readonly path: SpecPath
  readonly request: RequestSource
}

/** `spec`: `request` as in the file; undefined when it names no script. Throws SpecError, its path from the request's root. */
export const compileScriptClause = (
  spec: unknown,
  { scripts, path, request }: ScriptClauseContext,
): ScriptClause | undefined => {
  const source = (spec as { readonly script?: unknown } | undefined)?.script
  if (typeof source !== 'string') return undefined
  if (scripts === undefined) throw new SpecError('scripts cannot run here', ['script'])
  const script = inScript(() => scripts.script(source, [...path, 'request', 'script'], { kind: 'value' }))
  const verdicts = new WeakMap<Call, boolean>()
  const says = `${script.name} returns true`
  return {
    clause: {
      label: 'script',
      needsBody: false,
      weight: 1,
      test: (call) => verdicts.get(call) !== false,
      mismatch: () => ({ path: '', expected: says, actual: 'false' }),
      describe: () => says,
      hints: [],
    },
    notes: [`only if ${says}`],
    agreed: (call) => verdicts.get(call) === true,
    decide: async (call) => {
      const [result] = await script.run({
        call,
        request: await scriptRequest(call, request, script.wants),
        state: () => call.tenant.state.scripts(call.service.name, request.scenario),
      })
      if (result !== 'true' && result !== 'false')
        throw script.badResult(
          `a matcher returns true or false, not ${typeof JSON.parse(result ?? 'null')}`,
          'return a comparison, as in request.body.amount > 10',
        )
      verdicts.set(call, result === 'true')
    },
  }
}

/** A missing file is told at `script`; a mistake inside a script brings its own place. */
const inScript = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SpecError) || 'place' in error) throw error
    throw new SpecError(error.message, ['script', ...error.path], error.hint)
  }
}
