/** The answers of a mock as they would be sent, as far as no call has to come first. */
import type { MockReply } from '../../contract/formats/openapi/check-mock.ts'
import type { Dialect, ResponseFiles } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import type { Reply } from '../../core/reply.ts'
import { hasExpressions } from '../../core/template.ts'
import type { MockDefinition } from '../../mock/definition.ts'

export interface KnownReplies {
  readonly replies: readonly MockReply[]
  /** Why there are none, or fewer, in one word. */
  readonly left: 'script' | 'upstream' | 'fault' | undefined
}

export const repliesOf = (mock: MockDefinition, dialect: Dialect, files: ResponseFiles): KnownReplies => {
  if (mock.script !== undefined) return { replies: [], left: 'script' }
  if (mock.upstream !== undefined) return { replies: [], left: 'upstream' }
  const specs: (readonly [unknown, readonly (string | number)[]])[] =
    mock.responses?.map((one, i) => [one, ['responses', i]] as const) ??
    (mock.response === undefined ? [] : [[mock.response, ['response']]])
  if (specs.length === 0) return { replies: [], left: mock.fault === undefined ? 'upstream' : 'fault' }
  const broken = mock.fault as
    | { readonly abort?: unknown; readonly status?: unknown; readonly rate?: unknown }
    | undefined
  const always = broken !== undefined && broken.rate === undefined
  if (always && (broken.abort !== undefined || broken.status !== undefined))
    return { replies: [], left: 'fault' }
  return {
    replies: specs.flatMap(([spec, section]) => replyOf(spec, section, dialect, files)),
    left: undefined,
  }
}

/** None for a response with a mistake, which was told when it was loaded. */
const replyOf = (
  written: unknown,
  section: readonly (string | number)[],
  dialect: Dialect,
  files: ResponseFiles,
): readonly MockReply[] => {
  try {
    const { value, file } = dialect.templateOf(written, files)
    const templated = file !== undefined || hasExpressions(value)
    const spec = value as Readonly<Record<string, unknown>>
    const unknownStatus = typeof spec['status'] === 'string'
    const { reply, status } = dialect.compileResponse(
      unknownStatus ? { ...spec, status: 200 } : spec,
      files,
      templated,
    )
    return [
      {
        section,
        status: unknownStatus ? undefined : status,
        headers: metadataOf(reply),
        body: reply.kind === 'single' ? reply.body : undefined,
        bodyKey: file ?? ['bodyFile', 'bodyBase64'].find((key) => spec[key] !== undefined) ?? 'body',
        templated,
      },
    ]
  } catch (error) {
    if (error instanceof SpecError) return []
    throw error
  }
}

const metadataOf = (reply: Reply): readonly string[] => (reply.kind === 'single' ? reply.metadata : [])
