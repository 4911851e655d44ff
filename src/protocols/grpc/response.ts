/** `response:` of a gRPC mock becomes an outcome, encoded once and shared by all calls. */
import type { Clock } from '../../core/clock.ts'
import type { CompiledResponse } from '../../core/dialect.ts'
import { SpecError } from '../../core/matcher.ts'
import { collectMistakes, within } from '../../core/mistakes.ts'
import { nearest } from '../../core/nearest.ts'
import { refuseTemplates, unescapeTemplates } from '../../core/template.ts'
import { parseDuration } from '../../core/units.ts'
import { isAnyValue } from './any-value.ts'
import { decodeBinary, encodeBinary, isBinaryName, isTransportName } from './codec/metadata.ts'
import type { Detail } from './codec/rpc-status.ts'
import { type StatusName, statusCode, statusName, statusNames } from './codec/status.ts'
import type { ResponseSpec } from './mock-schema.ts'
import { type GrpcScope, undefinedMessage } from './mock-scope.ts'
import { type Ending, outcome, streamed, type TimedMessage } from './reply/outcome.ts'

/** Throws SpecError, with every mistake. `literal`: nothing in it is a template. */
export const compileResponse = (
  spec: ResponseSpec,
  scope: GrpcScope,
  clock: Clock,
  literal: boolean,
): CompiledResponse => {
  if (!literal) refuseTemplates(spec, [])
  const plain = literal ? spec : (unescapeTemplates(spec) as ResponseSpec)
  let code = 0
  let metadata: readonly string[] = []
  let trailers: readonly string[] = []
  let details: readonly Detail[] = []
  let messages: readonly TimedMessage[] = []
  collectMistakes<unknown>([
    () => {
      code = codeOf(plain.status)
    },
    () => checkTogether(plain, code, scope),
    () => {
      metadata = metadataPairs(plain.metadata, ['metadata'])
    },
    () => {
      trailers = metadataPairs(plain.trailers, ['trailers'])
    },
    () => {
      details = detailsOf(plain, scope)
    },
    () => {
      messages = messagesOf(plain, code, scope)
    },
  ])
  const ending: Ending = { code, message: plain.statusMessage ?? '', details, metadata: trailers }
  const reply = messages.every(({ delayMs, times }) => delayMs === 0 && times === 1)
    ? outcome(
        metadata,
        messages.map(({ bytes }) => bytes),
        ending,
      )
    : streamed(metadata, messages, ending, clock)
  return { reply, status: code }
}

/** Throws SpecError, its path from the section that holds the status. */
export const codeOf = (status: ResponseSpec['status']): number => {
  if (status === undefined) return 0
  if (typeof status === 'number') return status
  if (isAnyValue(status)) return 0
  const code = statusCode(status as StatusName)
  if (code >= 0) return code
  const near = nearest(status, statusNames)
  throw new SpecError(
    `there is no status ${status}`,
    ['status'],
    near === undefined ? `use one of ${statusNames.join(', ')}` : `did you mean ${near}?`,
  )
}

const checkTogether = (spec: ResponseSpec, code: number, { rpc }: GrpcScope): void => {
  if (spec.message !== undefined && spec.messages !== undefined)
    throw new SpecError('message and messages exclude each other', ['messages'], 'keep one of them', true)
  if (code === 0 && spec.statusMessage !== undefined && spec.status === undefined)
    throw new SpecError(
      'statusMessage belongs to a status that is not OK',
      ['statusMessage'],
      'add status: NOT_FOUND',
      true,
    )
  if (code === 0 && spec.details !== undefined)
    throw new SpecError(
      'details belong to a status that is not OK',
      ['details'],
      'add status: NOT_FOUND',
      true,
    )
  if (rpc === undefined || rpc.serverStreams) return
  if (spec.messages !== undefined)
    throw new SpecError(
      `${rpc.operation} answers with one message`,
      ['messages'],
      'write message: { … }',
      true,
    )
  if (code !== 0 && spec.message !== undefined)
    throw new SpecError(
      `a call of ${rpc.operation} that ends with ${statusName(code)} has no message`,
      ['message'],
      'remove the message, or the status',
      true,
    )
}

const messagesOf = (spec: ResponseSpec, code: number, scope: GrpcScope): readonly TimedMessage[] => {
  const { rpc } = scope
  if (spec.messages !== undefined) {
    return collectMistakes(
      spec.messages.map(
        ({ message, delay, repeat }, i) =>
          () =>
            within(['messages', i], () => ({
              bytes: within(['message'], () => encoded(message, scope)),
              delayMs: delayOf(delay),
              times: repeat ?? 1,
            })),
      ),
    )
  }
  if (spec.message !== undefined)
    return [{ bytes: within(['message'], () => encoded(spec.message, scope)), delayMs: 0, times: 1 }]
  // A unary call that ends well has a message, if an empty one.
  return code === 0 && rpc?.serverStreams !== true ? [{ bytes: new Uint8Array(0), delayMs: 0, times: 1 }] : []
}

const encoded = (message: unknown, scope: GrpcScope): Uint8Array => {
  if (scope.mistaken) return new Uint8Array(0)
  if (scope.rpc === undefined) throw undefinedMessage(scope, 'a message')
  return scope.rpc.output.encode(message)
}

const delayOf = (delay: string | number | undefined): number => {
  if (delay === undefined || delay === 0 || isAnyValue(delay)) return 0
  const ms = typeof delay === 'number' ? undefined : parseDuration(delay)
  if (ms === undefined)
    throw new SpecError(`delay: ${JSON.stringify(delay)} is no duration`, ['delay'], 'write 300ms, 2s or 1m')
  return ms
}

const detailsOf = ({ details }: ResponseSpec, scope: GrpcScope): readonly Detail[] => {
  if (details === undefined) return []
  const { definitions } = scope
  if (definitions === undefined) throw within(['details'], () => undefinedMessage(scope, 'details'))
  return collectMistakes(
    details.map((detail, i) => () => within(['details', i], () => definitions.encodeDetail(detail))),
  )
}

type MetadataSpec = ResponseSpec['metadata']

/** Raw pairs. `path`: where the map stands in the spec. Throws SpecError, with every mistake. */
export const metadataPairs = (given: MetadataSpec, path: readonly string[]): string[] =>
  collectMistakes(
    Object.entries(given ?? {}).map(
      ([name, value]) =>
        () =>
          within([...path, name], () => {
            const lower = checkedName(name)
            return (Array.isArray(value) ? value : [value]).flatMap((one) => [
              lower,
              metadataText(lower, String(one)),
            ])
          }),
    ),
  ).flat()

/** Names travel in lower case (gRPC over HTTP/2, "Custom-Metadata"). Throws SpecError on the key. */
export const checkedName = (name: string): string => {
  const lower = name.toLowerCase()
  if (!/^[\da-z_.-]+$/.test(lower))
    throw new SpecError(`"${name}" is no name of metadata`, [], 'use letters, digits, - _ and .', true)
  if (isTransportName(lower) && !lower.startsWith('access-control-'))
    throw new SpecError(`${name} belongs to the protocol, not to the reply`, [], 'remove it', true)
  return lower
}

const metadataText = (name: string, text: string): string => {
  if (isAnyValue(text)) return ''
  if (isBinaryName(name)) {
    const bytes = decodeBinary(text)
    if (bytes === undefined)
      throw new SpecError(`the value of ${name} is no base64`, [], 'write its bytes in base64')
    return encodeBinary(bytes)
  }
  if (!/^[\x20-\x7e]*$/.test(text))
    throw new SpecError(
      `the value of ${name} holds a character that metadata cannot carry`,
      [],
      'use ASCII, or a name that ends in -bin and base64',
    )
  return text
}
