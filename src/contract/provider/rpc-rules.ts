/**
 * A real outcome of an RPC held against the mocked one by contract rules: status and the types of its details, which metadata
 * and trailers there are, and the shape of the messages. How many messages a stream has is data; what they are like is not.
 */
import { firstValue, type Metadata } from '../../core/metadata.ts'
import type { ReplyFinding } from './reply-rules.ts'
import { compareShapes, likest, type ShapeOptions, type ShapeResult, shown } from './shape.ts'

export interface RpcOutcome {
  /** `NOT_FOUND`; undefined: only a call will tell, or nobody waited for it. */
  readonly status: string | undefined
  /** Names of types: `google.rpc.ErrorInfo`. */
  readonly details: readonly string[]
  readonly metadata: Metadata
  readonly trailers: Metadata
  readonly messages: readonly RpcMessage[]
}

export interface RpcMessage {
  readonly document: unknown
  /** Fields that are not what the definitions say. */
  readonly misfits: readonly RpcMisfit[]
}

export interface RpcMisfit {
  readonly path: readonly (string | number)[]
  readonly expected: string
  readonly actual: string
}

export interface RpcMessages extends Pick<ShapeOptions, 'isExact' | 'isMap' | 'isUnset'> {
  /** The service sends any number of them. */
  readonly stream: boolean
}

/** `mocked.messages` are documents of this side's definitions, without misfits. */
export const compareRpc = (
  mocked: RpcOutcome,
  real: RpcOutcome,
  how: RpcMessages,
): readonly ReplyFinding[] => {
  if (mocked.status !== undefined && real.status !== undefined && mocked.status !== real.status) {
    return [
      {
        rule: 'response-status',
        path: ['status'],
        message: 'the real service answers with another status',
        expected: mocked.status,
        actual: real.status,
      },
    ]
  }
  return [...details(mocked, real), ...metadata(mocked, real), ...messages(mocked, real, how)]
}

function* details(mocked: RpcOutcome, real: RpcOutcome): Generator<ReplyFinding> {
  for (const [i, name] of mocked.details.entries()) {
    if (!real.details.includes(name))
      yield {
        rule: 'missing-detail',
        path: ['details', i],
        message: 'the real status has no such detail',
        expected: name,
        actual: real.details.join(', ') || 'none',
      }
  }
}

/** A reply without messages may have all its metadata in one place (gRPC over HTTP/2, "Trailers-Only"). */
function* metadata(mocked: RpcOutcome, real: RpcOutcome): Generator<ReplyFinding> {
  const together = real.messages.length === 0 ? [...real.metadata, ...real.trailers] : undefined
  for (const section of ['metadata', 'trailers'] as const) {
    // Whoever did not wait for the end has seen no trailers.
    if (section === 'trailers' && real.status === undefined) continue
    const seen = new Set<string>()
    for (let i = 0; i < mocked[section].length; i += 2) {
      const name = mocked[section][i]!.toLowerCase()
      if (seen.has(name)) continue
      seen.add(name)
      if (firstValue(together ?? real[section], name) === undefined)
        yield {
          rule: section === 'metadata' ? 'missing-header' : 'missing-trailer',
          path: [section, name],
          message: 'the real reply does not have it',
          expected: shown(mocked[section][i + 1]),
        }
    }
  }
}

function* messages(mocked: RpcOutcome, real: RpcOutcome, how: RpcMessages): Generator<ReplyFinding> {
  const wanted = mocked.messages.map(({ document }) => document)
  if (wanted.length === 0) return
  if (real.messages.length === 0) {
    yield {
      rule: 'missing-message',
      path: how.stream ? ['messages'] : ['message'],
      message: 'the real service sends no message',
      expected: 'at least one',
    }
    return
  }
  const order = new Order(wanted, how)
  for (const [i, message] of real.messages.entries()) {
    const at = how.stream ? ['messages', i, 'message'] : ['message']
    const tries = wanted.map((one) => compareMessage(one, message, how))
    const { mismatches, undecided } = likest(tries)
    for (const { path, ...mismatch } of mismatches) yield { ...mismatch, path: [...at, ...path] }
    for (const { path, ...open } of undecided) yield { ...open, path: [...at, ...path], undecided: true }
    if (order.late(tries)) {
      yield {
        rule: 'message-order',
        path: at,
        message: 'the real service sends it after messages that the mock sends later',
      }
      return
    }
  }
}

/** What does not fit the definitions counts where the mock says anything of the field. */
const compareMessage = (
  wanted: unknown,
  { document, misfits }: RpcMessage,
  how: RpcMessages,
): ShapeResult => {
  const { mismatches, undecided } = compareShapes(wanted, document, { ...how, templated: false })
  const used = misfits.filter(({ path }) => isUsed(wanted, path, [], how))
  const elsewhere = ({ path }: { readonly path: readonly (string | number)[] }): boolean =>
    !misfits.some((misfit) => misfit.path.every((step, i) => step === path[i]))
  return {
    mismatches: [
      ...used.map(({ path, expected, actual }) => ({
        rule: 'type' as const,
        path,
        message: 'it is not what the definitions say',
        expected,
        actual,
      })),
      ...mismatches.filter(elsewhere),
    ],
    undecided: undecided.filter(elsewhere),
  }
}

/** Whether the mock has more there than what stands there anyhow. Which item of a list does not matter. */
const isUsed = (
  wanted: unknown,
  [step, ...rest]: readonly (string | number)[],
  above: readonly (string | number)[],
  how: RpcMessages,
): boolean => {
  if (step === undefined)
    return Array.isArray(wanted)
      ? wanted.length > 0
      : wanted !== undefined && how.isUnset?.(above, wanted) !== true
  if (typeof wanted !== 'object' || wanted === null) return false
  const at = [...above, step]
  if (Array.isArray(wanted) || how.isMap?.(above) === true)
    return Object.values(wanted).some((one) => isUsed(one, rest, at, how))
  return (
    Object.hasOwn(wanted, step) && isUsed((wanted as Readonly<Record<string, unknown>>)[step], rest, at, how)
  )
}

/**
 * Which of the mock's messages come first. Only what is told apart by its shape has an order, and only where the mock
 * never goes back: a header before rows, rows before a summary.
 */
class Order {
  /** By the mock's messages: the number of their kind. */
  readonly #kinds: readonly number[]
  /** The mock goes back and forth. */
  readonly #mixed: boolean
  #last = 0

  constructor(wanted: readonly unknown[], how: RpcMessages) {
    const like = (a: unknown, b: unknown): boolean =>
      compareShapes(a, b, { ...how, isExact: () => false, templated: false }).mismatches.length === 0
    const kinds: number[] = []
    for (const [i, message] of wanted.entries()) {
      const same = wanted.slice(0, i).findIndex((one) => like(one, message) && like(message, one))
      kinds.push(same < 0 ? Math.max(-1, ...kinds) + 1 : kinds[same]!)
    }
    this.#kinds = kinds
    this.#mixed = kinds.some((kind, i) => i > 0 && kind < kinds[i - 1]!)
  }

  /** `tries`: how the next real message compares with each of the mock's. */
  late(tries: readonly ShapeResult[]): boolean {
    const possible = new Set(this.#kinds.filter((_, i) => tries[i]!.mismatches.length === 0))
    const [kind] = possible
    if (this.#mixed || possible.size !== 1) return false
    const late = kind! < this.#last
    this.#last = Math.max(this.#last, kind!)
    return late
  }
}
