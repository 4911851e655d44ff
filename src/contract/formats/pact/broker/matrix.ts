/** The matrix of a Pact Broker: which versions were verified with which, and what follows for a deployment. */
import { type Fields, isFields } from '../json-value.ts'
import { brokerFailed } from './hal.ts'
import { type Notice, noticesOf } from './notices.ts'

/** Which version of the application. */
export type VersionSelector =
  | { readonly version: string }
  /** The latest of all, which another build may replace at any time. */
  | { readonly latest: true }
  | { readonly branch: string }
  | { readonly tag: string }

/** Where it is to go. */
export type Destination =
  | { readonly environment: string }
  /** Versions with this tag stand for an environment. */
  | { readonly tag: string }
  /** With the main branches of its partners. */
  | { readonly mainBranches: true }
  /** With the latest versions of its partners, whatever their branch. */
  | { readonly latest: true }

export interface MatrixQuestion {
  readonly pacticipant: string
  readonly selector: VersionSelector
  readonly to: Destination
  /** Partners that do not count. */
  readonly ignore: readonly string[]
}

export interface MatrixRow {
  readonly consumer: string
  readonly consumerVersion: string
  readonly provider: string
  /** undefined: no version of it has verified the pact. */
  readonly providerVersion: string | undefined
  /** undefined: there is no result. */
  readonly success: boolean | undefined
}

export interface Deployable {
  /** undefined: results are missing. */
  readonly deployable: boolean | undefined
  /** In the broker's words, several lines perhaps. */
  readonly reason: string
  /** How many results are missing. */
  readonly unknown: number
  readonly notices: readonly Notice[]
  readonly rows: readonly MatrixRow[]
}

/** Rails' form of nested parameters, one selector: then `latestby` is `cvp`. */
export const matrixQuery = ({ pacticipant, selector, to, ignore }: MatrixQuestion): string => {
  const query = new URLSearchParams([['q[][pacticipant]', pacticipant]])
  if ('version' in selector) query.append('q[][version]', selector.version)
  else {
    query.append('q[][latest]', 'true')
    if ('branch' in selector) query.append('q[][branch]', selector.branch)
    if ('tag' in selector) query.append('q[][tag]', selector.tag)
  }
  query.append('latestby', 'cvp')
  if ('environment' in to) query.append('environment', to.environment)
  else {
    query.append('latest', 'true')
    if ('tag' in to) query.append('tag', to.tag)
    if ('mainBranches' in to) query.append('mainBranch', 'true')
  }
  for (const name of ignore) query.append('ignore[][pacticipant]', name)
  return query.toString()
}

export const deployableOf = (answer: Fields, url: string): Deployable => {
  const { summary } = answer
  if (!isFields(summary)) throw brokerFailed(`${url} did not say whether it may be deployed`)
  const { deployable, reason, unknown } = summary
  return {
    deployable: typeof deployable === 'boolean' ? deployable : undefined,
    reason: typeof reason === 'string' ? reason : '',
    unknown: typeof unknown === 'number' ? unknown : 0,
    notices: noticesOf(answer['notices']),
    rows: (Array.isArray(answer['matrix']) ? (answer['matrix'] as readonly unknown[]) : []).flatMap(rowOf),
  }
}

const rowOf = (row: unknown): readonly MatrixRow[] => {
  if (!isFields(row)) return []
  const result = isFields(row['verificationResult']) ? row['verificationResult']['success'] : undefined
  return [
    {
      consumer: nameOf(row['consumer']) ?? '',
      consumerVersion: numberOf(row['consumer']) ?? '',
      provider: nameOf(row['provider']) ?? '',
      providerVersion: numberOf(row['provider']),
      success: typeof result === 'boolean' ? result : undefined,
    },
  ]
}

const nameOf = (party: unknown): string | undefined =>
  isFields(party) && typeof party['name'] === 'string' ? party['name'] : undefined

const numberOf = (party: unknown): string | undefined => {
  const version = isFields(party) && isFields(party['version']) ? party['version']['number'] : undefined
  return typeof version === 'string' ? version : undefined
}
