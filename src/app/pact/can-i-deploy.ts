/** Whether a version may be deployed, as a Pact Broker sees it; while results are missing it may be asked again. */
import { setTimeout } from 'node:timers/promises'
import { PactBroker } from '../../contract/formats/pact/broker/broker.ts'
import type { BrokerCredentials } from '../../contract/formats/pact/broker/hal.ts'
import type { Deployable, MatrixQuestion } from '../../contract/formats/pact/broker/matrix.ts'
import type { DeployAnswer } from '../handover/view.ts'

export type {
  Deployable,
  Destination,
  MatrixRow,
  VersionSelector,
} from '../../contract/formats/pact/broker/matrix.ts'

export interface DeployWishes extends MatrixQuestion {
  /** Of the broker's index. */
  readonly url: string
  readonly credentials: BrokerCredentials | undefined
  /** How often it is asked again while results are missing; 0: once and for all. */
  readonly retryWhileUnknown: number
  readonly retryIntervalMs: number
  /** Before each wait: how many results are missing, and how many attempts are left. */
  readonly waiting?: (unknown: number, left: number) => void
}

/** `deployable: undefined` is no: somebody has not verified yet. Rejects with BROKER_FAILED. */
export const canIDeploy = async (wishes: DeployWishes): Promise<Deployable> => {
  const { url, credentials, retryWhileUnknown, retryIntervalMs, waiting } = wishes
  const broker = new PactBroker({ url, credentials, fetch, timeoutMs: 30_000 })
  for (let left = retryWhileUnknown; ; left--) {
    const answer = await broker.canIDeploy(wishes)
    const unknown = answer.unknown > 0 || answer.deployable === undefined
    if (!unknown || answer.deployable === false || left <= 0) return answer
    waiting?.(answer.unknown, left)
    await setTimeout(retryIntervalMs)
  }
}

/** In the words of a store of contracts, so that both are shown alike. */
export const deployAnswer = (
  question: { readonly name: string; readonly version: string; readonly environment: string },
  { deployable, reason, rows }: Deployable,
): DeployAnswer => ({
  ...question,
  deployable: deployable === true,
  reason,
  rows: rows.map(({ success, providerVersion, ...row }) => ({
    ...row,
    providerVersion,
    ok: success === true,
    reason: success === undefined ? 'no result' : success ? 'verified' : 'the verification failed',
  })),
  problems: [],
})
