/** svc-mock verify: do the mocks still tell the truth? */
import { Args, Flags } from '@oclif/core'
import { verifySpec } from '../app/contract/verify-spec.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printContractReport, reportFlags } from '../cli/contract-report.ts'

export default class Verify extends BaseCommand {
  static override summary = 'check that mocks still tell the truth'
  static override description =
    'With --spec every mock, call and answer, is held against the OpenAPI file or the definitions that svc-mock.yaml names for its service. No provider has to run.'
  static override examples = [
    '<%= config.bin %> verify --spec',
    '<%= config.bin %> verify --spec mocks/orders --junit reports/contracts.xml',
    '<%= config.bin %> verify --spec --service orders --sarif contracts.sarif',
  ]
  static override args = {
    paths: Args.string({ description: 'files or folders; all of the library if none' }),
  }
  static override flags = {
    'allow-remote-refs': Flags.boolean({ summary: 'fetch what contracts refer to on other machines' }),
    service: Flags.string({ helpValue: '<name>', summary: 'only the mocks of this service' }),
    spec: Flags.boolean({ required: true, summary: 'against OpenAPI files and definitions' }),
    ...reportFlags,
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Verify)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const report = await verifySpec(config, {
      paths: argv.map(String),
      service: flags.service,
      allowRemoteRefs: flags['allow-remote-refs'],
    })
    this.exitWith(
      printContractReport(this.out, report, { flags, version: this.config.version, env: process.env }),
    )
  }
}
