/** An error for people (stderr) and for programs (the one document of --json). Anything unexpected is our bug: exit 70, with its stack. */
import { exitCodes, SvcMockError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { formatLocation } from '../core/source.ts'
import { problemSummary, renderProblems, sortProblems } from './render-problems.ts'
import type { Style } from './style.ts'

const problemsOf = (error: SvcMockError): readonly Problem[] => {
  const problems = error.context.details?.['problems']
  return Array.isArray(problems) ? (problems as readonly Problem[]) : []
}

const frameOf = (error: SvcMockError): string | undefined => {
  const frame = error.context.details?.['frame']
  return typeof frame === 'string' ? frame : undefined
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)

export const renderError = (error: unknown, style: Style): string => {
  if (!(error instanceof SvcMockError)) {
    return [
      `${style.red('error:')} svc-mock has a bug ${style.dim('(INVARIANT_BROKEN)')}`,
      style.dim(stackOf(error)),
      `${style.cyan('hint:')} please report it with the stack above`,
    ].join('\n')
  }
  const lines: string[] = []
  const problems = problemsOf(error)
  if (problems.length > 0) lines.push(renderProblems(problems, style), '', problemSummary(problems))
  lines.push(`${style.red('error:')} ${error.message} ${style.dim(`(${error.code})`)}`)
  if (error.context.source) lines.push(`  at ${formatLocation(error.context.source)}`)
  const frame = frameOf(error)
  if (frame) lines.push(frame.trimEnd())
  lines.push(`${style.cyan('hint:')} ${error.hint}`)
  if (error.fault === 'bug') lines.push(style.dim(stackOf(error)))
  return lines.join('\n')
}

export interface ErrorDocument {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly source?: { readonly file: string; readonly line: number; readonly column: number }
    readonly details?: Readonly<Record<string, unknown>>
  }
}

export const errorDocument = (error: unknown): ErrorDocument => {
  if (!(error instanceof SvcMockError)) {
    const stack = stackOf(error)
    return {
      error: {
        code: 'INVARIANT_BROKEN',
        message: error instanceof Error ? error.message : stack,
        hint: 'please report it with the stack in details',
        details: { stack },
      },
    }
  }
  const { source, details } = error.context
  const problems = problemsOf(error)
  return {
    error: {
      code: error.code,
      message: error.message,
      hint: error.hint,
      ...(source && { source }),
      ...(details && {
        details: problems.length > 0 ? { ...details, problems: sortProblems(problems) } : details,
      }),
    },
  }
}

export const exitCodeOf = (error: unknown): number =>
  error instanceof SvcMockError ? error.exitCode : exitCodes.bug
