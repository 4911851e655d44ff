/** svc-mock export: mocks in a format of other programs. */
import { Args, Flags } from '@oclif/core'
import { exportPacts, specVersions } from '../app/pact/export.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printPactExport } from '../cli/render-pact.ts'

export default class Export extends BaseCommand {
  static override summary = 'write mocks as Pact files'
  static override examples = [
    '<%= config.bin %> export pact',
    '<%= config.bin %> export pact mocks/orders --consumer web --spec 3 --out pacts',
  ]
  static override args = {
    format: Args.string({ required: true, options: ['pact'], description: 'pact' }),
    paths: Args.string({ description: 'mock files or folders; all of the library if none' }),
  }
  static override flags = {
    consumer: Flags.string({
      helpValue: '<name>',
      summary: 'who asks; default: what was imported, or name in svc-mock.yaml',
    }),
    out: Flags.string({ helpValue: '<folder>', summary: 'where the files go', default: 'pacts' }),
    service: Flags.string({ helpValue: '<name>', summary: 'only the mocks of this service' }),
    spec: Flags.string({
      options: specVersions.map(String),
      summary: 'version of the Pact specification',
      default: '4',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Export)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const result = await exportPacts(config, {
      paths: argv.slice(1).map(String),
      service: flags.service,
      consumer: flags.consumer,
      spec: specVersions.find((version) => String(version) === flags.spec) ?? 4,
      out: flags.out,
      version: this.config.version,
    })
    printPactExport(this.out, result)
  }
}
