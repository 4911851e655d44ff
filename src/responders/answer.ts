/** One response of a mock file: the same for every call, or with expressions in it, which are evaluated in one go. */
import type { Call } from '../core/call.ts'
import { chanceFrom, realChance } from '../core/chance.ts'
import {
  evaluatePlain,
  fieldsOf,
  type PlainExpression,
  plainExpression,
  unknown,
} from '../core/plain-expression.ts'
import type { Reply } from '../core/reply.ts'
import type { Respond, ResponderContext } from '../core/responder.ts'
import type { ScriptCompiler, SpecPath } from '../core/script.ts'
import { bodyName, bodyValue, requestFields } from '../core/script-request.ts'
import {
  type FoundExpression,
  hasExpressions,
  parseTemplate,
  parseText,
  type Template,
} from '../core/template.ts'
import { headOf, replyWriter } from './result.ts'
import { runScript } from './script.ts'

export interface Answer {
  readonly respond: Respond
  /** The reply itself, if it is the same for every call. */
  readonly constant: Reply | undefined
  /** undefined when only a call will tell. */
  readonly status: number | undefined
  /** For `list` and `explain`. */
  readonly notes: readonly string[]
}

/** `path`: where the response stands in the mock. Throws SpecError, its path from the response's root. */
export const compileAnswer = (spec: unknown, context: ResponderContext, path: SpecPath): Answer => {
  const { dialect, files, scripts } = context
  if (
    scripts !== undefined &&
    (hasExpressions(spec) || (spec as { readonly template?: boolean }).template === true)
  )
    return compileTemplate(spec, context, scripts, path)
  const { reply, status } = dialect.compileResponse(spec, files)
  return { respond: () => reply, constant: reply, status, notes: [] }
}

interface ResponseTemplate {
  readonly expressions: readonly FoundExpression[]
  /** All of the response but its document; undefined: nothing else is there. */
  readonly head: Template | undefined
  readonly document: Template | undefined
}

const compileTemplate = (
  spec: unknown,
  context: ResponderContext,
  scripts: ScriptCompiler,
  path: SpecPath,
): Answer => {
  const { dialect, files, mock } = context
  const template = parsed(spec, context, scripts)
  const { expressions, head, document } = template
  const samples = expressions.map(() => dialect.anyValue ?? '200')
  // What is no expression can be wrong too, and is found now.
  const sample = dialect.compileResult(headOf(head?.json(samples) ?? ''), files)(document?.document(samples))
  const given = (spec as { readonly status?: unknown }).status
  const status = typeof given === 'string' || sample.kind !== 'single' ? undefined : sample.status
  if (expressions.length === 0) return { respond: () => sample, constant: sample, status, notes: [] }
  const plain = expressions.map(({ source }) => plainExpression(source))
  const isPlain = plain.every((one) => one !== undefined)
  const script = scripts.expressions(
    expressions.map((found) => ({ source: found.source, path: [...context.path, ...path, ...found.path] })),
    isPlain,
  )
  const write = replyWriter(script, dialect, files)
  const fill = (values: readonly string[]): Reply =>
    write(head?.json(values) ?? '', document?.document(values))
  const inSandbox: Respond = async (call, next) => fill(await runScript(script, call, next, context))
  const respond = isPlain
    ? withoutSandbox(plain, context, {
        fill,
        inSandbox,
        seed: () => scripts.seed(`${mock.where} ${path.join('.')}`),
        now: scripts.now,
      })
    : inSandbox
  return { respond, constant: undefined, status, notes: ['filled in by expressions'] }
}

const parsed = (
  spec: unknown,
  { dialect, files }: ResponderContext,
  scripts: ScriptCompiler,
): ResponseTemplate => {
  const { value, file } = dialect.templateOf(spec, files)
  const { [dialect.documentKey]: document, ...head } = value as Readonly<Record<string, unknown>>
  const expressions: FoundExpression[] = []
  const problemOf = (source: string): string | undefined => scripts.expressionProblem(source)
  const documentPath = [file ?? dialect.documentKey]
  return {
    head: Object.keys(head).length === 0 ? undefined : parseTemplate(head, [], expressions, problemOf),
    document:
      document === undefined
        ? undefined
        : (file === undefined ? parseTemplate : parseTextOf)(document, documentPath, expressions, problemOf),
    expressions,
  }
}

const parseTextOf: typeof parseTemplate = (text, ...others) => parseText(text as string, ...others)

interface Ways {
  fill(values: readonly string[]): Reply
  readonly inSandbox: Respond
  seed(): ReturnType<ScriptCompiler['seed']>
  now(): number
}

/** Values that need no sandbox are read here; should one turn out to need it, all are evaluated there. */
const withoutSandbox = (
  expressions: readonly PlainExpression[],
  { request }: ResponderContext,
  { fill, inSandbox, seed, now }: Ways,
): Respond => {
  const wants = new Set(expressions.flatMap(fieldsOf))
  const isChancy = expressions.some((one) =>
    one.some((operand) => operand.kind === 'tool' && operand.name !== 'now'),
  )
  const evaluate = (call: Call, next: Parameters<Respond>[1], body: unknown): Reply | Promise<Reply> => {
    const fields = requestFields(call, request, wants)
    if (body !== undefined) fields[bodyName(request.dialect, call)] = body
    const own = isChancy ? seed() : undefined
    const chance = own === undefined ? realChance : chanceFrom(own)
    const values: string[] = []
    for (const expression of expressions) {
      const value = evaluatePlain(expression, fields, { now, chance })
      if (value === unknown) return inSandbox(call, next)
      values.push(value)
    }
    return fill(values)
  }
  return (call, next) => {
    if (!wants.has(bodyName(request.dialect, call)) || call.body.empty) return evaluate(call, next, undefined)
    const body = call.body.read(call.service.bodyLimit)
    if (!(body instanceof Promise))
      return evaluate(call, next, body.bytes.length === 0 ? undefined : bodyValue(body))
    return body.then((read) => evaluate(call, next, read.bytes.length === 0 ? undefined : bodyValue(read)))
  }
}
