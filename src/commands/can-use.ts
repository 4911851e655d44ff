/** svc-mock can-use: does this package of mocks still tell the truth? */
import { Args, Flags } from '@oclif/core'
import { readValues, withBaseline } from '../app/contract/verify-files.ts'
import { type CanUseOptions, canUse } from '../app/packages/can-use.ts'
import { workspaceIfAny } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printContractReport, reportFlags } from '../cli/contract-report.ts'
import { type Progress, startProgress } from '../cli/progress.ts'
import { durationFlag } from '../cli/record-flags.ts'
import { verifyFlags } from '../cli/verify/flags.ts'
import { headersOf, providerUrl, stateSetup } from '../cli/verify-flags.ts'
import { SvcMockError } from '../core/errors.ts'

const {
  'allow-remote-refs': allowRemoteRefs,
  header,
  'state-url': stateUrl,
  'state-command': stateCommand,
  unsafe,
  idempotent,
  values,
  concurrency,
  timeout,
  retries,
  'fail-fast': failFast,
} = verifyFlags

export default class CanUse extends BaseCommand {
  static override summary = 'tell whether a package of mocks still fits a contract or a provider'
  static override description =
    'Fetches the package into a temporary folder; nothing is installed, and no workspace is needed. Every mock is held against the OpenAPI file or the definitions, or its call is sent to the provider, as svc-mock verify does. Exits with 0 or 1.'
  static override examples = [
    '<%= config.bin %> can-use @acme/orders-mocks@^1.4 --spec openapi.yaml',
    '<%= config.bin %> can-use @acme/orders-mocks@next --provider http://127.0.0.1:8080',
    "<%= config.bin %> can-use 'git+https://git.example.com/mocks.git#main' --service orders --spec openapi.yaml",
  ]
  static override args = {
    package: Args.string({
      required: true,
      description: 'package@range, npm:package@range, or git+https://…#branch',
    }),
  }
  static override flags = {
    spec: Flags.string({
      exclusive: ['provider'],
      helpValue: '<file>',
      summary: 'OpenAPI file, .proto file, or a folder of .proto files',
    }),
    provider: Flags.string({ helpValue: '<url>', summary: 'a real service that runs there' }),
    service: Flags.string({
      helpValue: '<name>',
      summary: 'whose mocks, where the package has several services',
    }),
    version: Flags.string({
      helpValue: '<range>',
      summary: 'only mocks of these versions of the service: ^1.4',
    }),
    'allow-remote-refs': allowRemoteRefs,
    header,
    'state-url': stateUrl,
    'state-command': stateCommand,
    unsafe,
    idempotent,
    values,
    baseline: Flags.string({
      ...{ dependsOn: ['provider'], helpGroup: 'PROVIDER' },
      helpValue: '<file>',
      summary: verifyFlags.baseline.summary!,
    }),
    concurrency,
    timeout,
    retries,
    'fail-fast': failFast,
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CanUse)
    const [cwd, env] = [process.cwd(), process.env]
    const workspace = workspaceIfAny({ cwd, configPath: flags.config, env })
    const root = workspace?.root ?? cwd
    let [done, all] = [0, 0]
    const progress: Progress = startProgress(this.out, process.stderr, () =>
      all === 0 ? 'fetching' : `${done} of ${all} verified`,
    )
    const against = (): CanUseOptions['against'] => {
      if (flags.spec !== undefined)
        return { kind: 'spec', file: flags.spec, allowRemoteRefs: flags['allow-remote-refs'] }
      if (flags.provider === undefined)
        throw new SvcMockError('FLAG_INVALID', 'nothing says what the mocks are held against', {
          hint: 'say --spec <file> or --provider <url>',
        })
      const headers = headersOf(flags.header, env)
      return {
        kind: 'provider',
        options: {
          provider: providerUrl(flags.provider),
          headers,
          states: stateSetup(flags, headers, { root, name: workspace?.name }),
          unsafe: flags.unsafe,
          idempotent: flags.idempotent,
          values: flags.values === undefined ? new Map() : readValues(flags.values, cwd, root),
          concurrency: flags.concurrency ?? 8,
          timeoutMs: durationFlag('timeout', flags.timeout) ?? 10_000,
          retries: flags.retries ?? 2,
          failFast: flags['fail-fast'],
          progress: (now, total) => {
            ;[done, all] = [now, total]
          },
        },
      }
    }
    const asked = { package: args.package, service: flags.service, version: flags.version }
    try {
      const report = await canUse({ ...asked, against: against() }, { cwd, env, workspace })
      progress.end()
      const judged =
        flags.baseline === undefined ? report : withBaseline(report, flags.baseline, report.complete)
      const code = printContractReport(this.out, judged, { flags, version: this.config.version, env })
      const { name, version, service } = report.package
      const said = code === 0 ? this.out.style.green('yes:') : this.out.style.red('no:')
      this.out.print(
        `${said} ${name} ${version} ${code === 0 ? 'fits' : 'does not fit'} ${service} at ${flags.spec ?? flags.provider}`,
      )
      this.exitWith(code)
    } finally {
      progress.end()
    }
  }
}
