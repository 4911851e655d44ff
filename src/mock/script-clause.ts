/**
 * `request: { script }`: a script decides whether the mock matches. Selection is synchronous, so it first takes such
 * a mock as matching, then asks its script, and selects again without it when the answer is no.
 */
import type { Call } from '../core/call.ts'
import type { Clause, Dialect } from '../core/dialect.ts'
import { SvcMockError } from '../core/errors.ts'
import { SpecError } from '../core/matcher.ts'
import type { ScriptCompiler, SpecPath } from '../core/script.ts'
import { type Params, scriptRequest } from '../core/script-request.ts'
import { formatLocation } from '../core/source.ts'

export interface ScriptClause {
  readonly clause: Clause
  /** Whether the script has been asked about this call and said yes. */
  agreed(call: Call): boolean
  /** Asks the script; after a no, `clause` fails for this call. Rejects with SvcMockError SCRIPT_…. */
  decide(call: Call): Promise<void>
}

export interface ScriptClauseContext {
  readonly dialect: Dialect
  readonly scripts: ScriptCompiler | undefined
  /** Where the mock stands in its file. */
  readonly path: SpecPath
  params(call: Call): Params
}

/** `request` as in the file; undefined when it names no script. Throws SpecError, its path from the request's root. */
export const compileScriptClause = (
  request: unknown,
  { dialect, scripts, path, params }: ScriptClauseContext,
): ScriptClause | undefined => {
  const source = (request as { readonly script?: unknown } | undefined)?.script
  if (typeof source !== 'string') return undefined
  if (scripts === undefined) throw new SpecError('scripts cannot run here', ['script'])
  const script = inScript(() => scripts.script(source, [...path, 'request', 'script']))
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
    agreed: (call) => verdicts.get(call) === true,
    decide: async (call) => {
      const result = await script.run({ call, request: await scriptRequest(call, dialect, params(call)) })
      if (typeof result !== 'boolean')
        throw new SvcMockError(
          'SCRIPT_BAD_RESULT',
          `${script.name} (${formatLocation(script.at)}): a matcher returns true or false, not ${typeof result}`,
          { source: script.at, hint: 'return a comparison, as in request.body.amount > 10' },
        )
      verdicts.set(call, result)
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
