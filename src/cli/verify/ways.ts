/** The ways to verify: which one the flags mean, and what each does with them. All of them return the exit code. */

import { verifyContracts } from '../../app/contract/verify-contracts.ts'
import { readValues, withBaseline } from '../../app/contract/verify-files.ts'
import { verifyPassive } from '../../app/contract/verify-passive.ts'
import { verifyProvider } from '../../app/contract/verify-provider.ts'
import { verifySpec } from '../../app/contract/verify-spec.ts'
import type { ContractReport } from '../../app/contract-view.ts'
import { verifyPacts } from '../../app/pact/verify-pact.ts'
import { openWorkspace, workspaceIfAny } from '../../app/workspace.ts'
import { SvcMockError } from '../../core/errors.ts'
import { announcePassive } from '../announce-passive.ts'
import { printContractReport } from '../contract-report.ts'
import { contractsWishes } from '../contracts-flags.ts'
import type { Output } from '../output.ts'
import { meansPacts, messageUrl, publishWishes, sourcesOf } from '../pact-flags.ts'
import { type Progress, startProgress } from '../progress.ts'
import { durationFlag } from '../record-flags.ts'
import { headersOf, providerUrl, stateSetup } from '../verify-flags.ts'
import type { VerifyFlags } from './flags.ts'

/** The command line, and where it was typed. */
export interface Asked {
  readonly flags: VerifyFlags
  /** Before `--`. */
  readonly args: readonly string[]
  /** Behind `--`, with --passive. */
  readonly command: readonly string[]
  readonly out: Output
  /** Of svc-mock. */
  readonly version: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

type Way = (asked: Asked) => Promise<number>

/** Throws FLAG_INVALID. */
export const wayOf = ({ flags }: Asked): Way => {
  if (flags.passive) return passive
  if (flags.provider === undefined) {
    if (flags.spec) return spec
    throw new SvcMockError('FLAG_INVALID', 'nothing says what the mocks are held against', {
      hint: 'say --spec, --provider <url>, or --passive -- <tests>',
    })
  }
  if (flags.contracts !== undefined) return contracts
  return meansPacts(flags) ? pacts : mocks
}

const spec: Way = async (asked) => {
  const { flags, args } = asked
  const report = await verifySpec(workspaceOf(asked), {
    paths: args,
    service: flags.service,
    allowRemoteRefs: flags['allow-remote-refs'],
  })
  return print(asked, report)
}

const mocks: Way = async (asked) => {
  const { flags, args, cwd } = asked
  refuseArguments(args, '--provider takes all mocks of a service; --service and --version narrow them')
  for (const name of [
    'branch',
    'consumer',
    'provider-branch',
    'provider-version',
    'publish-results',
  ] as const)
    if (isGiven(flags[name]))
      throw new SvcMockError('FLAG_INVALID', `--${name} is for what consumers hand over, and not for mocks`, {
        hint: 'say where that is: --contracts <folder|git url>, or --pact <file|folder|url>',
      })
  const config = workspaceOf(asked)
  const report = await withProgress(asked, (progress) =>
    verifyProvider(config, {
      ...asking(asked, progress, config),
      service: flags.service,
      values: flags.values === undefined ? new Map() : readValues(flags.values, cwd, config.root),
    }),
  )
  return print(asked, judged(asked, report))
}

/** Needs no workspace: a provider's repository may have none. One that is there is heeded. */
const contracts: Way = async (asked) => {
  const { flags, args, cwd, env, out } = asked
  refuseArguments(
    args,
    'of contracts --as says whose they are; --consumer, --branch and --environment narrow them',
  )
  if (flags.service !== undefined)
    throw new SvcMockError('FLAG_INVALID', '--service is for mocks', {
      hint: 'of contracts --as says whose they are',
    })
  const place = { cwd, env }
  const workspace = workspaceIfAny({ ...place, configPath: flags.config })
  const root = workspace?.root ?? cwd
  const wishes = await contractsWishes(flags, place)
  const report = await withProgress(asked, (progress) =>
    verifyContracts(
      {
        ...asking(asked, progress, { root }),
        ...wishes,
        workspace,
        values: flags.values === undefined ? new Map() : readValues(flags.values, cwd, root),
      },
      place,
    ),
  )
  for (const { consumer, success } of report.published)
    out.log(`told the store: the contract of ${consumer} is ${success ? 'verified' : 'broken'}`)
  return print(asked, judged(asked, report))
}

/** Needs no workspace either. */
const pacts: Way = async (asked) => {
  const { flags, args, cwd, env, out, version } = asked
  for (const name of ['version', 'unsafe', 'idempotent', 'values'] as const)
    if (isGiven(flags[name]))
      throw new SvcMockError('FLAG_INVALID', `--${name} is for mocks, and not for --pact`)
  const sources = sourcesOf(
    args.length === 0 ? flags : { ...flags, pact: [...(flags.pact ?? []), ...args] },
    env,
    cwd,
  )
  const publish = await publishWishes(flags, { cwd, env })
  const { report, failed } = await withProgress(asked, (progress) =>
    verifyPacts({
      ...asking(asked, progress, { root: cwd }),
      sources,
      messageUrl: messageUrl(flags),
      publish,
      version,
      notice: (text) => progress.say(text),
    }),
  )
  for (const { pact, success } of report.published)
    out.log(`published: ${pact}: ${success ? 'verified' : 'failed'}`)
  return print(asked, judged(asked, report), failed)
}

/** The tests' own failure comes first: what a service that fails them answers proves nothing. */
const passive: Way = async (asked) => {
  const { flags, args, command, out, env } = asked
  refuseArguments(args, '--service says whose mocks are meant; the tests stand behind --')
  const { exitCode, calls, report } = await verifyPassive(workspaceOf(asked), {
    command,
    service: flags.service,
    provider: flags.provider === undefined ? undefined : providerUrl(flags.provider),
    version: flags.version,
    env,
    childStdout: out.json ? 'stderr' : 'inherit',
    ready: (running, variables) => announcePassive(out, running, variables),
  })
  if (exitCode === 0 && calls === 0)
    throw new SvcMockError('NO_CALLS_SEEN', 'the tests made no call that passed svc-mock')
  // What its tests do not call is not fixed by that.
  const code = print(asked, judged(asked, { ...report, complete: false }))
  return exitCode === 0 ? code : exitCode
}

const workspaceOf = ({ flags, cwd, env }: Asked) =>
  openWorkspace({ cwd, configPath: flags.config, env }).config

/** What all that send calls have in common. */
const asking = (
  { flags, env }: Asked,
  progress: Counting,
  place: { readonly root: string; readonly name?: string | undefined },
) => {
  const headers = headersOf(flags.header, env)
  return {
    provider: providerUrl(flags.provider!),
    version: flags.version,
    headers,
    states: stateSetup(flags, headers, place),
    unsafe: flags.unsafe,
    idempotent: flags.idempotent,
    concurrency: flags.concurrency ?? 8,
    timeoutMs: durationFlag('timeout', flags.timeout) ?? 10_000,
    retries: flags.retries ?? 2,
    failFast: flags['fail-fast'],
    progress: progress.count,
  }
}

interface Counting extends Progress {
  readonly count: (done: number, all: number) => void
}

const withProgress = async <Result>(
  { out }: Asked,
  work: (progress: Counting) => Promise<Result>,
): Promise<Result> => {
  let [done, all] = [0, 0]
  const progress = startProgress(out, process.stderr, () => `${done} of ${all} verified`)
  const count = (now: number, total: number): void => {
    ;[done, all] = [now, total]
  }
  try {
    return await work({ ...progress, count })
  } finally {
    progress.end()
  }
}

const judged = <Report extends ContractReport & { readonly complete: boolean }>(
  { flags }: Asked,
  report: Report,
): Report => (flags.baseline === undefined ? report : withBaseline(report, flags.baseline, report.complete))

const print = (asked: Asked, report: ContractReport, failed?: SvcMockError): number =>
  printContractReport(asked.out, report, { ...asked, failed })

const isGiven = (value: unknown): boolean => value !== undefined && value !== false

const refuseArguments = ([first]: readonly string[], hint: string): void => {
  if (first !== undefined) throw new SvcMockError('FLAG_INVALID', `unexpected argument: ${first}`, { hint })
}
