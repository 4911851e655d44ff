/** A response with expressions: they are evaluated in one go, and their values put where they stood. */
import { noFiles } from '../core/dialect.ts'
import { SpecError } from '../core/matcher.ts'
import type { CompiledResponder, ResponderContext } from '../core/responder.ts'
import { hasExpressions, parseTemplate } from '../core/template.ts'
import { replyOf, runScript } from './script.ts'

export const isTemplate = (spec: unknown): boolean =>
  hasExpressions(spec) || (spec as { readonly template?: boolean }).template === true

export const compileTemplate = (spec: unknown, context: ResponderContext): CompiledResponder => {
  const { dialect, files, scripts, path } = context
  if (scripts === undefined) throw new SpecError('expressions cannot be evaluated here')
  const { value, file } = dialect.templateOf(spec, files)
  const template = parsed(value, file, (source) => scripts.expressionProblem(source))
  const sample = template.fill(template.expressions.map(() => dialect.anyValue ?? 200))
  // What is no expression can be wrong too, and is found now.
  const { reply, status } = dialect.compileResponse(sample, noFiles, true)
  const given = (value as { readonly status?: unknown }).status
  if (template.expressions.length === 0)
    return { respond: () => reply, constant: reply, asksUpstream: false, status }
  const script = scripts.expressions(
    template.expressions.map((found) => ({
      source: found.source,
      path: [...path, 'response', ...(file ? ['bodyFile'] : found.path)],
    })),
  )
  return {
    respond: async (call, next) => {
      const values = (await runScript(script, call, next, context)) as readonly unknown[]
      return replyOf(template.fill(values), script, dialect)
    },
    asksUpstream: false,
    status: typeof given === 'string' ? undefined : status,
    notes: ['filled in by expressions'],
  }
}

/** A mistake in a file's text is told at its name. */
const parsed = (value: unknown, file: boolean, problemOf: (source: string) => string | undefined) => {
  try {
    return parseTemplate(value, problemOf)
  } catch (error) {
    if (error instanceof SpecError && file && error.path[0] === 'body')
      throw new SpecError(error.message, ['bodyFile'], error.hint)
    throw error
  }
}
