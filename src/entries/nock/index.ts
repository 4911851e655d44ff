/** `svc-mock/nock`: the same mocks by way of nock, and recordings of nock as mock files. */
import nock from 'nock'
import type { Mocks, OpenOptions } from '../../app/in-process/public.ts'
import type {
  FromNock,
  FromNockOptions,
  NockDefinition,
  NockNote,
  ToDefinitions,
} from '../../app/nock/public.ts'
import { refuseOldNode } from '../node/guard.ts'
import { openWorkspace } from '../node/index.ts'
import { methods, originsOf } from './origins.ts'
import { replyBy } from './reply.ts'

export type * from '../../app/in-process/public.ts'
export type * from '../../app/nock/public.ts'

export interface NockMocks {
  /** Their calls, state and end. They need not intercept: nock does. */
  readonly mocks: Mocks
  /** One for each host of each service. */
  readonly scopes: readonly nock.Scope[]
  /** Services and hosts that nock cannot stand for. */
  readonly notPossible: readonly NockNote[]
  /** Takes the interceptors away, and closes the mocks. */
  close(): Promise<void>
}

/**
 * Defines interceptors of nock for all services of a workspace. Each call is answered by the mocks, so matching, templates, scripts, state and
 * faults are theirs.
 */
export const toNock = async (folder: string, options: OpenOptions = {}): Promise<NockMocks> => {
  const mocks = await openWorkspace(folder, options)
  const { servicesOf } = await import('../../app/nock/parts.ts')
  const { origins, notPossible } = originsOf(servicesOf(mocks))
  const reply = replyBy(mocks)
  const defined = origins.map((origin) => {
    const scope = nock(origin).persist()
    const interceptors = methods.map((method) => {
      const interceptor = scope.intercept(() => true, method)
      interceptor.reply(reply)
      return interceptor
    })
    return { scope, interceptors }
  })
  return {
    mocks,
    scopes: defined.map(({ scope }) => scope),
    notPossible,
    close: async () => {
      for (const { scope, interceptors } of defined) {
        scope.persist(false)
        for (const interceptor of interceptors) nock.removeInterceptor(interceptor)
      }
      await mocks.close()
    },
  }
}

/** Mock files of definitions, as `nock.recorder.play()` gives them or a file holds them. */
export const fromNock = async (
  definitions: readonly NockDefinition[],
  options: FromNockOptions = {},
): Promise<FromNock> => {
  refuseOldNode()
  const made = await import('../../app/nock/from-nock.ts')
  return made.fromNock(definitions, options)
}

/** Definitions of those mocks that always answer the same; the others are listed. */
export const toDefinitions = async (folder: string, options: OpenOptions = {}): Promise<ToDefinitions> => {
  await using mocks = await openWorkspace(folder, options)
  const { definitionsOf } = await import('../../app/nock/parts.ts')
  return definitionsOf(mocks)
}
