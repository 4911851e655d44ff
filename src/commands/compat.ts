/** svc-mock compat: what breaks consumers between two versions of a contract. */
import { Args, Flags } from '@oclif/core'
import { compat } from '../app/contract/compat.ts'
import { workspaceIfAny } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printContractReport, reportFlags } from '../cli/contract-report.ts'

export default class Compat extends BaseCommand {
  static override summary = 'tell what breaks consumers between two versions of a contract'
  static override description =
    'Two OpenAPI files, two .proto files or folders of them, or two versions of a mock library. Inside a workspace it also names the mocks that do not keep the new contract.'
  static override examples = [
    '<%= config.bin %> compat orders-2.3.yaml orders-3.0.yaml',
    '<%= config.bin %> compat proto/v1 proto/v2 --all',
    '<%= config.bin %> compat orders@1.4.0 orders@2.0.0 --json',
  ]
  static override args = {
    old: Args.string({ required: true, description: 'a file, a folder, or service@version' }),
    new: Args.string({ required: true, description: 'the same of the new version' }),
  }
  static override flags = {
    'allow-remote-refs': Flags.boolean({ summary: 'fetch what contracts refer to on other machines' }),
    service: Flags.string({ helpValue: '<name>', summary: 'whose mocks are looked at' }),
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compat)
    const workspace = workspaceIfAny({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const report = await compat(args.old, args.new, workspace, {
      service: flags.service,
      allowRemoteRefs: flags['allow-remote-refs'],
    })
    this.exitWith(
      printContractReport(this.out, report, { flags, version: this.config.version, env: process.env }),
    )
  }
}
