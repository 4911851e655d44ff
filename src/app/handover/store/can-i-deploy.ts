/**
 * `svc-mock can-i-deploy`: whether a version may go where others run. Pact's matrix: as a consumer, each provider's version there must
 * have verified its contract; as a provider, it must have verified the contract of each consumer's version there.
 */
import { SvcMockError } from '../../../core/errors.ts'
import type { Problem } from '../../../core/problem.ts'
import { nearest } from '../../../yaml/nearest.ts'
import { Store } from './layout.ts'

export interface DeployQuestion {
  readonly name: string
  readonly version: string
  readonly environment: string
}

export interface DeployRow {
  readonly consumer: string
  readonly consumerVersion: string
  readonly provider: string
  /** undefined: none runs there. */
  readonly providerVersion: string | undefined
  readonly ok: boolean
  /** Why, in words. */
  readonly reason: string
}

export interface DeployAnswer extends DeployQuestion {
  readonly deployable: boolean
  readonly rows: readonly DeployRow[]
  /** Where there are no rows, or beside them. */
  readonly reason: string
  /** Of files of the store. */
  readonly problems: readonly Problem[]
}

/** Throws FLAG_INVALID for a service or an environment that the store has never heard of. */
export const canIDeploy = (folder: string, question: DeployQuestion): DeployAnswer => {
  const store = new Store(folder)
  const { name, version, environment } = question
  const versions = store.versions()
  const deployments = store.deployments()
  refuseUnknown('environment', environment, [...new Set(deployments.map((one) => one.environment))])
  refuseUnknown('service', name, [
    ...new Set([
      ...versions.flatMap((one) => [one.name, ...Object.keys(one.contracts)]),
      ...deployments.map((one) => one.name),
    ]),
  ])
  const there = new Map(
    deployments.filter((one) => one.environment === environment).map((one) => [one.name, one.version]),
  )
  const own = store.version(name, version)
  const isConsumer = versions.some((one) => one.name === name)
  const asConsumer = Object.entries(own?.contracts ?? {}).map(([provider, hash]) =>
    rowOf(
      store,
      { consumer: name, consumerVersion: version, provider, providerVersion: there.get(provider) },
      hash,
    ),
  )
  const asProvider = [...there].flatMap(([consumer, consumerVersion]) => {
    if (consumer === name) return []
    const published = store.version(consumer, consumerVersion)
    const hash = published?.contracts[name]
    if (hash === undefined) return []
    return [rowOf(store, { consumer, consumerVersion, provider: name, providerVersion: version }, hash)]
  })
  const rows = [...asConsumer, ...asProvider]
  const unpublished = isConsumer && own === undefined
  const failed = rows.filter(({ ok }) => !ok).length
  return {
    ...question,
    rows,
    // What cannot be read may say anything.
    deployable: !unpublished && failed === 0 && store.problems.length === 0,
    reason: unpublished
      ? `${name} has contracts, and none were published of version ${version}`
      : rows.length === 0
        ? `${name} has no partner in ${environment}`
        : failed === 0
          ? 'all contracts are verified'
          : `${failed} of ${rows.length} contracts ${failed === 1 ? 'is' : 'are'} not verified`,
    problems: store.problems,
  }
}

const rowOf = (store: Store, pair: Omit<DeployRow, 'ok' | 'reason'>, hash: string): DeployRow => {
  const { provider, providerVersion } = pair
  if (providerVersion === undefined) return { ...pair, ok: false, reason: `no ${provider} runs there` }
  const found = store.verification(provider, providerVersion, hash)
  if (found === undefined)
    return { ...pair, ok: false, reason: `not verified by ${provider} ${providerVersion}` }
  const { success, verified, of, violations } = found
  if (success) return { ...pair, ok: true, reason: `verified: ${verified} of ${of}` }
  const why = violations > 0 ? `${violations} broken` : 'nothing could be verified'
  return { ...pair, ok: false, reason: `verification failed: ${why}, ${verified} of ${of} verified` }
}

const refuseUnknown = (what: string, name: string, known: readonly string[]): void => {
  if (known.includes(name)) return
  const near = nearest(name, known)
  throw new SvcMockError('FLAG_INVALID', `the store knows no ${what} ${name}`, {
    hint:
      near === undefined ? `known: ${[...known].sort().join(', ') || 'none yet'}` : `did you mean ${near}?`,
  })
}
