/** The RPC that a mock describes, to be sent to the real service. */
import { chanceFrom } from '../../core/chance.ts'
import { SvcMockError } from '../../core/errors.ts'
import { SpecError } from '../../core/matcher.ts'
import { mistakesIn } from '../../core/mistakes.ts'
import { select } from '../../mock/select.ts'
import type { RpcMethod } from '../../protocols/grpc/schema.ts'
import { placeRpc } from '../explain-call.ts'
import { entries, guesses, valueFor } from '../sample-values.ts'
import type { RpcRequest } from './ask-rpc.ts'
import { inItsPlace } from './in-its-place.ts'
import type { Promised } from './promises.ts'
import type { Made, ProviderSurroundings } from './provider-protocols/protocol.ts'
import { fakesIn, realDocument, realFor } from './real-values.ts'

type Fields = Readonly<Record<string, unknown>>

/** A call as documents. */
interface Draft {
  readonly metadata: readonly (readonly [string, string])[]
  readonly messages: readonly unknown[]
}

/**
 * From what the mock asks for, else from the method's definition; `contract.example` says what conditions cannot. `repeatable`:
 * it may be sent twice.
 */
export const rpcRequestOf = async (
  item: Promised,
  rpc: RpcMethod,
  surroundings: ProviderSurroundings,
  repeatable: boolean,
): Promise<Made<RpcRequest>> => {
  const { definition, contract } = item
  const example = contract.example ?? {}
  const { values, headers } = surroundings
  const told = example.messages ?? (example.message === undefined ? undefined : [example.message])
  const isReplaced = (section: string): boolean =>
    section === 'metadata' ? example.metadata !== undefined : told !== undefined
  if (fakesIn(definition.request, isReplaced).some((fake) => !values.has(fake)))
    return { notVerifiable: 'it asks with a masked value, which the real service does not know' }
  const draft = await drafted(item, rpc, surroundings)
  const messages = told ?? draft?.messages
  if (messages === undefined) return { notVerifiable: 'no request can be made from its conditions' }
  const given = Object.entries(example.metadata ?? {}).map(([name, value]) => [name, String(value)] as const)
  const names = new Set([...given, ...headers].map(([name]) => name.toLowerCase()))
  const real = realFor(values)
  const encoded: Uint8Array[] = []
  for (const [i, message] of messages.entries()) {
    try {
      encoded.push(rpc.input.encode(realDocument(message, values)))
    } catch (error) {
      if (!(error instanceof SpecError)) throw error
      return unfit(error, example.messages === undefined ? ['message'] : ['messages', i])
    }
  }
  return {
    request: {
      rpc,
      metadata: [
        ...(draft?.metadata ?? []).filter(([name]) => !names.has(name.toLowerCase())),
        ...given,
        ...headers,
      ].map(([name, value]) => [name.toLowerCase(), real(value)] as const),
      messages: encoded,
      repeatable,
    },
  }
}

const unfit = (error: SpecError, section: readonly (string | number)[]): Made<RpcRequest> => {
  const [first = error] = mistakesIn(error)
  return {
    notVerifiable: `its example does not fit: ${first.message}`,
    path: ['contract', 'example', ...section, ...first.path],
    ...(first.hint !== undefined && { hint: first.hint }),
  }
}

/** Tried on the mock, as far as the definitions' own sample and a few guesses go. */
const drafted = async (
  { mock, definition }: Promised,
  rpc: RpcMethod,
  surroundings: ProviderSurroundings,
): Promise<Draft | undefined> => {
  const { message, messages, metadata = {} } = (definition.request ?? {}) as Fields
  const whole = rpc.clientStreams && mock.method !== 'each'
  const sample = rpc.input.sample(chanceFrom([1, 2, 3, 4]))
  for (const [i, guess] of [guesses[0], ...guesses].entries()) {
    // First with what the definitions make up, whose types are right.
    const like = i === 0 ? sample : undefined
    const made: Draft = {
      metadata: entries(metadata as Fields, guess, undefined),
      messages: whole
        ? listFor(messages, guess, like ?? sample)
        : [message === undefined ? sample : valueFor(message, guess, like)],
    }
    if (await answers(made, whole, { mock, definition, rpc }, surroundings)) return made
  }
  return undefined
}

const listFor = (spec: unknown, guess: string, like: unknown): readonly unknown[] => {
  if (spec === undefined) return [like]
  const list = valueFor(spec, guess, [like])
  return Array.isArray(list) && list.length > 0 ? list : [like]
}

const answers = async (
  { metadata, messages }: Draft,
  whole: boolean,
  { mock, definition, rpc }: Pick<Promised, 'mock' | 'definition'> & { readonly rpc: RpcMethod },
  { config, definitions, library }: ProviderSurroundings,
): Promise<boolean> => {
  try {
    const { call } = placeRpc(config, definitions.all(), {
      operation: rpc.operation,
      service: mock.service,
      metadata: metadata.flat(),
      message: whole ? messages : messages[0],
    })
    return (await select(library.index, inItsPlace(call, mock, definition))) === mock
  } catch (error) {
    // The guess does not fit its field, or the script of a mock before it did not understand it.
    if (error instanceof SvcMockError) return false
    throw error
  }
}
