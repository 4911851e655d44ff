/** svc-mock verify: do the mocks still tell the truth? */
import { Args, Flags } from '@oclif/core'
import { verifyContracts } from '../app/contract/verify-contracts.ts'
import { readValues, withBaseline } from '../app/contract/verify-files.ts'
import { verifyPassive } from '../app/contract/verify-passive.ts'
import { verifyProvider } from '../app/contract/verify-provider.ts'
import { verifySpec } from '../app/contract/verify-spec.ts'
import type { Config } from '../app/workspace.ts'
import { openWorkspace, workspaceIfAny } from '../app/workspace.ts'
import { announcePassive } from '../cli/announce-passive.ts'
import { BaseCommand } from '../cli/command.ts'
import { printContractReport, reportFlags } from '../cli/contract-report.ts'
import { contractsFlags, contractsWishes } from '../cli/contracts-flags.ts'
import { startProgress } from '../cli/progress.ts'
import { durationFlag } from '../cli/record-flags.ts'
import { splitCommand } from '../cli/run-output.ts'
import { headersOf, providerUrl, stateSetup } from '../cli/verify-flags.ts'
import { SvcMockError } from '../core/errors.ts'

const provider = { dependsOn: ['provider'], helpGroup: 'PROVIDER' }

export default class Verify extends BaseCommand {
  static override summary = 'check that mocks still tell the truth'
  static override description =
    "With --spec every mock, call and answer, is held against the OpenAPI file or the definitions that svc-mock.yaml names for its service; no provider has to run. With --provider the calls that mocks describe are sent to the real service, and its replies are held against the mocks; with --contracts those that the tests of its consumers used. With --passive the provider's own tests call it through a proxy, and what it answers is held against the mocks that those calls meet."
  static override examples = [
    '<%= config.bin %> verify --spec',
    '<%= config.bin %> verify --spec mocks/orders --junit reports/contracts.xml',
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --service orders --state-url http://127.0.0.1:8080/_states',
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --contracts ../contracts --as orders --publish-results',
    '<%= config.bin %> verify --passive --provider http://127.0.0.1:8080 -- npm test',
    "<%= config.bin %> verify --provider https://orders.test.example.com --header 'authorization: Bearer …' --baseline violations.lock",
  ]
  static override args = {
    paths: Args.string({ description: 'with --spec: files or folders; all of the library if none' }),
  }
  static override flags = {
    'allow-remote-refs': Flags.boolean({ summary: 'fetch what contracts refer to on other machines' }),
    passive: Flags.boolean({
      exclusive: ['spec'],
      summary: 'against what the real service answers its own tests: verify --passive -- npm test',
    }),
    provider: Flags.string({
      exclusive: ['spec'],
      helpValue: '<url>',
      summary: 'against a real service that runs there',
    }),
    service: Flags.string({ helpValue: '<name>', summary: 'only the mocks of this service' }),
    spec: Flags.boolean({
      summary: 'against OpenAPI files and definitions',
    }),
    version: Flags.string({
      exclusive: ['spec'],
      helpGroup: 'PROVIDER',
      helpValue: '<range>',
      summary: 'only mocks of these versions: ^1.4',
    }),
    header: Flags.string({
      ...provider,
      multiple: true,
      helpValue: "<'name: value'>",
      summary: 'sent with each call; also from SVC_MOCK_VERIFY_HEADERS, a line each',
    }),
    'state-url': Flags.string({
      ...provider,
      helpValue: '<url>',
      exclusive: ['state-command'],
      summary: 'asked by POST to bring the service into a state, as Pact does',
    }),
    'state-command': Flags.string({
      ...provider,
      helpValue: '<command>',
      summary: 'run to bring the service into the state in SVC_MOCK_STATE',
    }),
    unsafe: Flags.boolean({
      ...provider,
      summary: 'send calls that change something even if no state is named',
    }),
    idempotent: Flags.boolean({ ...provider, summary: 'send what may be sent twice twice, and compare' }),
    values: Flags.string({
      ...provider,
      helpValue: '<file>',
      summary: 'real values for fakes, a map; outside of the workspace',
    }),
    baseline: Flags.string({
      exclusive: ['spec'],
      helpGroup: 'PROVIDER',
      helpValue: '<file>',
      summary: 'known violations, which do not fail; made if it is not there, afterwards it only shrinks',
    }),
    concurrency: Flags.integer({
      ...provider,
      min: 1,
      max: 256,
      summary: 'calls at the same time; default 8',
    }),
    timeout: Flags.string({
      ...provider,
      helpValue: '<duration>',
      summary: 'for one call; default 10s',
    }),
    retries: Flags.integer({
      ...provider,
      min: 0,
      max: 10,
      summary: 'after connections that broke; default 2',
    }),
    'fail-fast': Flags.boolean({ ...provider, summary: 'end with the first violation' }),
    ...contractsFlags,
    ...reportFlags,
  }
  static override strict = false

  async run(): Promise<void> {
    if (this.isPassive()) {
      await this.passive()
      return
    }
    const { argv, flags } = await this.parse(Verify)
    if (flags.provider !== undefined && flags.contracts !== undefined) {
      await this.contracts(flags.provider)
      return
    }
    if (flags.provider === undefined && !flags.spec)
      throw new SvcMockError('FLAG_INVALID', 'nothing says what the mocks are held against', {
        hint: 'say --spec, --provider <url>, or --passive -- <tests>',
      })
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const report =
      flags.provider === undefined
        ? await verifySpec(config, {
            paths: argv.map(String),
            service: flags.service,
            allowRemoteRefs: flags['allow-remote-refs'],
          })
        : await this.provider(config, flags.provider)
    this.exitWith(
      printContractReport(this.out, report, { flags, version: this.config.version, env: process.env }),
    )
  }

  /** Needs no workspace: a provider's repository may have none. */
  private async contracts(url: string): Promise<void> {
    const { argv, flags } = await this.parse(Verify)
    if (argv.length > 0 || flags.service !== undefined)
      throw new SvcMockError(
        'FLAG_INVALID',
        `${argv.length > 0 ? String(argv[0]) : '--service'} is for mocks`,
        {
          hint: 'of contracts --as says whose they are; --consumer, --branch and --environment narrow them',
        },
      )
    const place = { cwd: process.cwd(), env: process.env }
    const workspace = workspaceIfAny({ ...place, configPath: flags.config })
    const root = workspace?.root ?? place.cwd
    const headers = headersOf(flags.header, process.env)
    let [done, all] = [0, 0]
    const progress = startProgress(this.out, process.stderr, () => `${done} of ${all} verified`)
    try {
      const report = await verifyContracts(
        {
          ...(await contractsWishes(flags, place)),
          provider: providerUrl(url),
          version: flags.version,
          headers,
          values: flags.values === undefined ? new Map() : readValues(flags.values, place.cwd, root),
          states: stateSetup(flags, headers, { root }),
          workspace,
          unsafe: flags.unsafe,
          idempotent: flags.idempotent,
          concurrency: flags.concurrency ?? 8,
          timeoutMs: durationFlag('timeout', flags.timeout) ?? 10_000,
          retries: flags.retries ?? 2,
          failFast: flags['fail-fast'],
          progress: (now, total) => {
            ;[done, all] = [now, total]
          },
        },
        place,
      )
      progress.end()
      for (const { consumer, success } of report.published)
        this.out.log(`told the store: the contract of ${consumer} is ${success ? 'verified' : 'broken'}`)
      const judged =
        flags.baseline === undefined ? report : withBaseline(report, flags.baseline, report.complete)
      this.exitWith(
        printContractReport(this.out, judged, { flags, version: this.config.version, env: process.env }),
      )
    } finally {
      progress.end()
    }
  }

  /** What stands behind `--` is the tests' own. */
  private isPassive(): boolean {
    const end = this.argv.indexOf('--')
    return this.argv.slice(0, end < 0 ? this.argv.length : end).includes('--passive')
  }

  /** The tests' own failure comes first: what a service that fails them answers proves nothing. */
  private async passive(): Promise<void> {
    const { own, command } = splitCommand(this.argv, 'verify --passive')
    const { argv, flags } = await this.parse(Verify, own)
    if (argv.length > 0)
      throw new SvcMockError('FLAG_INVALID', `unexpected argument: ${String(argv[0])}`, {
        hint: '--service says whose mocks are meant; the tests stand behind --',
      })
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const { exitCode, calls, report } = await verifyPassive(config, {
      command,
      service: flags.service,
      provider: flags.provider === undefined ? undefined : providerUrl(flags.provider),
      version: flags.version,
      env: process.env,
      childStdout: this.out.json ? 'stderr' : 'inherit',
      ready: (running, env) => announcePassive(this.out, running, env),
    })
    if (exitCode === 0 && calls === 0)
      throw new SvcMockError('NO_CALLS_SEEN', 'the tests made no call that passed svc-mock')
    const judged = flags.baseline === undefined ? report : withBaseline(report, flags.baseline, false)
    const code = printContractReport(this.out, judged, {
      flags,
      version: this.config.version,
      env: process.env,
    })
    this.exitWith(exitCode === 0 ? code : exitCode)
  }

  private async provider(config: Config, url: string) {
    const { argv, flags } = await this.parse(Verify)
    if (argv.length > 0)
      throw new SvcMockError('FLAG_INVALID', `unexpected argument: ${String(argv[0])}`, {
        hint: '--provider takes all mocks of a service; --service and --version narrow them',
      })
    const headers = headersOf(flags.header, process.env)
    let [done, all] = [0, 0]
    const progress = startProgress(this.out, process.stderr, () => `${done} of ${all} verified`)
    try {
      const report = await verifyProvider(config, {
        provider: providerUrl(url),
        service: flags.service,
        version: flags.version,
        headers,
        values: flags.values === undefined ? new Map() : readValues(flags.values, process.cwd(), config.root),
        states: stateSetup(flags, headers, config),
        unsafe: flags.unsafe,
        idempotent: flags.idempotent,
        concurrency: flags.concurrency ?? 8,
        timeoutMs: durationFlag('timeout', flags.timeout) ?? 10_000,
        retries: flags.retries ?? 2,
        failFast: flags['fail-fast'],
        progress: (now, total) => {
          ;[done, all] = [now, total]
        },
      })
      return flags.baseline === undefined ? report : withBaseline(report, flags.baseline, report.complete)
    } finally {
      progress.end()
    }
  }
}
