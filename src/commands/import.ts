/**
 * svc-mock import: calls that were recorded elsewhere, or are made once, become fixtures by the same way; Pact files and contracts
 * become mocks.
 */
import { Args, Flags } from '@oclif/core'
import { importFrom } from '../app/imports/import-from.ts'
import { importFormats } from '../app/imports/index.ts'
import { importPacts } from '../app/imports/pact/pact.ts'
import { refuseProduction } from '../app/production.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { recordFlags, recordWishes } from '../cli/record-flags.ts'
import { entryCounts, printEntries } from '../cli/render-entries.ts'
import { printImport } from '../cli/render-import.ts'
import { printPactImport } from '../cli/render-pact.ts'
import { finishRecording } from '../cli/render-recording.ts'
import { SvcMockError } from '../core/errors.ts'

const formatNames = [...importFormats.map(({ name }) => name), 'pact']

export default class Import extends BaseCommand {
  static override summary =
    'make fixtures of a HAR file or a curl line, desensitized; or mocks of Pact, OpenAPI or proto files, and of what other tools have'
  static override examples = [
    '<%= config.bin %> import har session.har --version 1.4.0',
    `<%= config.bin %> import curl "curl http://orders.test.example.com/orders/42 -H 'accept: application/json'"`,
    '<%= config.bin %> import pact pacts/',
    '<%= config.bin %> import openapi orders.yaml --service orders',
    '<%= config.bin %> import proto proto/inventory.proto',
    '<%= config.bin %> import mountebank imposters.json --service orders --version 1.4.0',
    '<%= config.bin %> import postman collection.json',
  ]
  static override args = {
    format: Args.string({
      required: true,
      options: formatNames,
      description: formatNames.join(', '),
    }),
    source: Args.string({
      required: true,
      description: 'the file, or the command line in quotes; of pact, files and folders',
    }),
  }
  static override flags = {
    ...recordFlags,
    'allow-remote-refs': Flags.boolean({
      summary: 'openapi: fetch what the file refers to on other machines',
    }),
    force: Flags.boolean({ summary: 'pact: replace mock files that were edited since' }),
    seed: Flags.string({
      default: '',
      helpValue: '<text>',
      summary: 'openapi, proto: draws other data; the same text, the same data',
    }),
    service: Flags.string({
      helpValue: '<name>',
      summary: 'whose mocks they are; default: found by name, host or contract',
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
    const format = importFormats.find(({ name }) => name === args.format)
    if (format === undefined) throw new SvcMockError('FLAG_INVALID', `unknown format: ${args.format}`)
    if (format.kind === 'mocks') {
      const result = await importFrom(format, args.source, {
        config,
        cwd: process.cwd(),
        service: flags.service,
        version: flags.version?.at(-1),
        seed: flags.seed,
        allowRemoteRefs: flags['allow-remote-refs'],
      })
      printImport(out, result)
      return
    }
    const wishes = { ...recordWishes(flags), service: flags.service }
    const result = await format.record(args.source, config, wishes, notice)
    if (result.status !== undefined) out.log(`the real service answered ${result.status}`)
    const { entries } = result
    if (entries !== undefined) {
      out.log(entryCounts(entries, 'call'))
      printEntries(out, entries)
    }
    finishRecording(out, result, entries === undefined ? {} : { entries })
  }
}
