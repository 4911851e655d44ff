/** svc-mock import: calls that were recorded elsewhere, or are made once, become fixtures by the same way; Pact files become mocks. */
import { Args, Flags } from '@oclif/core'
import { importCurl } from '../app/import/curl.ts'
import { importHar } from '../app/import/har.ts'
import { importPacts } from '../app/import/pact.ts'
import { refuseProduction } from '../app/production.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { recordFlags, recordWishes } from '../cli/record-flags.ts'
import { printPactImport } from '../cli/render-pact.ts'
import { finishRecording } from '../cli/render-recording.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Import extends BaseCommand {
  static override summary =
    'make fixtures of a HAR file or of a curl line, desensitized, or mocks of Pact files'
  static override examples = [
    '<%= config.bin %> import har session.har --version 1.4.0',
    `<%= config.bin %> import curl "curl http://orders.test.example.com/orders/42 -H 'accept: application/json'"`,
    '<%= config.bin %> import pact pacts/',
  ]
  static override args = {
    format: Args.string({
      required: true,
      options: ['har', 'curl', 'pact'],
      description: 'har, curl or pact',
    }),
    source: Args.string({
      required: true,
      description: 'the file, or the command line in quotes; of pact, files and folders',
    }),
  }
  static override flags = {
    ...recordFlags,
    force: Flags.boolean({ summary: 'pact: replace mock files that were edited since' }),
    service: Flags.string({
      helpValue: '<name>',
      summary: 'pact: the service; default: the one that is called like the provider',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(Import)
    refuseProduction(process.env, false)
    const { out } = this
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const sources = argv.slice(1).map(String)
    if (args.format === 'pact') {
      const wishes = { service: flags.service, version: flags.version?.at(-1), force: flags.force }
      printPactImport(out, importPacts(sources, process.cwd(), config, wishes))
      return
    }
    if (sources.length > 1) throw new SvcMockError('FLAG_INVALID', `unexpected argument: ${sources[1]}`)
    const notice = (text: string): void => out.log(out.errorStyle.yellow(text))
    const wishes = recordWishes(flags)
    if (args.format === 'curl') {
      const result = await importCurl(args.source, config, wishes, notice)
      out.log(`the real service answered ${result.status}`)
      finishRecording(out, result)
      return
    }
    const result = await importHar(args.source, config, wishes, notice)
    for (const [reason, count] of Object.entries(result.left)) out.log(`left out: ${count} × ${reason}`)
    finishRecording(out, result)
  }
}
