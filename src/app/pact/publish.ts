/**
 * Hand-over through a Pact Broker: pacts of a version of a consumer, from Pact files or made of mocks. One request for each consumer, so
 * that the broker has all of a version's pacts at once.
 */
import { resolve } from 'node:path'
import { PactBroker, type Published } from '../../contract/formats/pact/broker/broker.ts'
import type { BrokerCredentials } from '../../contract/formats/pact/broker/hal.ts'
import { SvcMockError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { createPactMatcher } from './matcher.ts'
import { pactFiles, readPact } from './read-pact.ts'

/** What is handed over; MadePact of export.ts is one. */
export interface PactText {
  readonly consumer: string
  readonly provider: string
  /** JSON. */
  readonly text: string
}

export interface PublishPactWishes {
  /** Of the broker's index. */
  readonly url: string
  readonly credentials: BrokerCredentials | undefined
  /** Of the consumer: a commit, mostly. */
  readonly version: string
  readonly branch: string | undefined
  readonly tags: readonly string[]
  readonly buildUrl: string | undefined
  /** Adds interactions to what was published for this version before, as builds that are split over machines need it. */
  readonly merge: boolean
}

export interface PublishedPacts extends Published {
  readonly consumer: string
  readonly providers: readonly string[]
}

const timeoutMs = 30_000

/** Rejects with PACT_INVALID for two pacts of the same two, with BROKER_FAILED also where a version has another pact already and may not change it. */
export const publishPacts = async (
  pacts: readonly PactText[],
  wishes: PublishPactWishes,
): Promise<readonly PublishedPacts[]> => {
  const { url, credentials, version, branch, tags, buildUrl, merge } = wishes
  if (!merge) refuseDoubles(pacts)
  const broker = new PactBroker({ url, credentials, fetch, timeoutMs })
  const published: PublishedPacts[] = []
  for (const [consumer, own] of Map.groupBy(pacts, (pact) => pact.consumer)) {
    const taken = await broker.publishContracts({
      name: consumer,
      version,
      branch,
      tags,
      buildUrl,
      onConflict: merge ? 'merge' : 'overwrite',
      contracts: own.map(({ provider, text }) => ({ provider, content: text })),
    })
    published.push({ consumer, providers: own.map(({ provider }) => provider), ...taken })
  }
  return published
}

export interface ReadPacts {
  readonly pacts: readonly PactText[]
  readonly problems: readonly Problem[]
}

/** Files, or folders of them, as they are; what is no Pact file, or broken, is told and not published. Throws PACT_INVALID. */
export const pactTexts = (paths: readonly string[], cwd: string): ReadPacts => {
  const { ruleTools } = createPactMatcher()
  const read = paths
    .flatMap((path) => pactFiles(resolve(cwd, path)))
    .map((file) => readPact(file, cwd, ruleTools))
  return {
    pacts: read.flatMap(({ pact, text, problems }) =>
      pact === undefined || problems.length > 0
        ? []
        : [{ consumer: pact.consumer, provider: pact.provider, text }],
    ),
    problems: read.flatMap(({ problems }) => problems),
  }
}

/** Two pacts of the same two in one version would overwrite each other. */
const refuseDoubles = (pacts: readonly PactText[]): void => {
  const seen = new Set<string>()
  for (const { consumer, provider } of pacts) {
    const key = JSON.stringify([consumer, provider])
    if (seen.has(key))
      throw new SvcMockError('PACT_INVALID', `there are two pacts between ${consumer} and ${provider}`, {
        hint: 'publish one, or the second with merge',
      })
    seen.add(key)
  }
}
