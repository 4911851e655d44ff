/** svc-mock export: mocks in a format of other programs. */
import { Args, Flags } from '@oclif/core'
import { exportTo } from '../app/exports/export-to.ts'
import { exportFormats } from '../app/exports/index.ts'
import { exportPacts, specVersions } from '../app/exports/pact/export.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printExport } from '../cli/render-import.ts'
import { printPactExport } from '../cli/render-pact.ts'

const formatNames = ['pact', ...exportFormats.map(({ name }) => name)]

export default class Export extends BaseCommand {
  static override summary = 'write mocks in a format of other programs'
  static override examples = [
    '<%= config.bin %> export pact',
    '<%= config.bin %> export openapi --service orders',
    '<%= config.bin %> export har mocks/orders',
    '<%= config.bin %> export pact mocks/orders --consumer web --spec 3 --out pacts',
  ]
  static override args = {
    format: Args.string({ required: true, options: formatNames, description: formatNames.join(', ') }),
    paths: Args.string({ description: 'mock files or folders; all of the library if none' }),
  }
  static override flags = {
    consumer: Flags.string({
      helpValue: '<name>',
      summary: 'pact: who asks; default: what was imported, or name in svc-mock.yaml',
    }),
    out: Flags.string({
      helpValue: '<folder>',
      summary: 'where the files go; default: pacts, or as the format is called',
    }),
    service: Flags.string({ helpValue: '<name>', summary: 'only the mocks of this service' }),
    spec: Flags.string({
      options: specVersions.map(String),
      summary: 'pact: version of the specification',
      default: '4',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(Export)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const format = exportFormats.find(({ name }) => name === args.format)
    if (format !== undefined) {
      const { service, out } = flags
      const paths = argv.slice(1).map(String)
      printExport(
        this.out,
        await exportTo(format, config, { paths, service, out, version: this.config.version }),
      )
      return
    }
    const result = await exportPacts(config, {
      paths: argv.slice(1).map(String),
      service: flags.service,
      consumer: flags.consumer,
      spec: specVersions.find((version) => String(version) === flags.spec) ?? 4,
      out: flags.out ?? 'pacts',
      version: this.config.version,
    })
    printPactExport(this.out, result)
  }
}
