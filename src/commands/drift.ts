/** svc-mock drift: what do the real services answer now, where fixtures were recorded? */
import { Args, Flags } from '@oclif/core'
import { readValues } from '../app/contract/verify-files.ts'
import { drift } from '../app/drift/drift.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printContractReport, reportFlags } from '../cli/contract-report.ts'
import { startProgress } from '../cli/progress.ts'
import { durationFlag } from '../cli/record-flags.ts'
import { renderDrift } from '../cli/render-drift.ts'
import { headersOf, providerUrl } from '../cli/verify-flags.ts'

export default class Drift extends BaseCommand {
  static override summary = 'tell what the real services answer differently since fixtures were recorded'
  static override description =
    'Asks once more for what fixtures recorded, and compares field by field. Answers are desensitized with the key of recording before anything of them is shown or written: the same value has the same fake, so what did not change shows no difference.'
  static override examples = [
    '<%= config.bin %> drift',
    '<%= config.bin %> drift --service orders --shape --junit reports/drift.xml',
    '<%= config.bin %> drift fixtures/orders/1.4.0 --provider https://orders.test.example.com --values ~/real.yaml',
    '<%= config.bin %> drift --case with-balance --update',
  ]
  static override args = {
    paths: Args.string({ description: 'fixture files or folders; all of the library if none' }),
  }
  static override flags = {
    case: Flags.string({
      helpValue: '<name>',
      summary: 'what was recorded with this case; without it, what has none',
    }),
    concurrency: Flags.integer({ min: 1, max: 256, default: 8, summary: 'calls at the same time' }),
    header: Flags.string({
      multiple: true,
      helpValue: "<'name: value'>",
      summary: 'sent with each call; also from SVC_MOCK_VERIFY_HEADERS, a line each',
    }),
    'key-file': Flags.string({ helpValue: '<file>', summary: 'the key that fakes are made with' }),
    provider: Flags.string({
      helpValue: '<url>',
      summary: 'where the real service is; default: where svc-mock.yaml says',
    }),
    retries: Flags.integer({ min: 0, max: 10, default: 2, summary: 'after connections that broke' }),
    service: Flags.string({ helpValue: '<name>', summary: 'only the fixtures of this service' }),
    shape: Flags.boolean({
      summary:
        'only fields, types and statuses count; other values and missing data are shown, and do not fail',
    }),
    timeout: Flags.string({ helpValue: '<duration>', summary: 'for one call; default 10s' }),
    unsafe: Flags.boolean({ summary: 'ask also what changes something: POST, PUT, DELETE …' }),
    update: Flags.boolean({ summary: 'write what has changed into the fixtures, desensitized' }),
    values: Flags.string({
      helpValue: '<file>',
      summary: 'real values for fakes, a map; outside of the workspace',
    }),
    version: Flags.string({ helpValue: '<range>', summary: 'only fixtures of these versions: ^1.4' }),
    ...reportFlags,
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Drift)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    let [done, all] = [0, 0]
    const progress = startProgress(this.out, process.stderr, () => `${done} of ${all} asked`)
    try {
      const report = await drift(config, {
        env: process.env,
        keyFile: flags['key-file'],
        paths: argv.map(String),
        service: flags.service,
        version: flags.version,
        case: flags.case,
        provider: flags.provider === undefined ? undefined : providerUrl(flags.provider),
        headers: headersOf(flags.header, process.env),
        values: flags.values === undefined ? new Map() : readValues(flags.values, process.cwd(), config.root),
        unsafe: flags.unsafe,
        shapeOnly: flags.shape,
        update: flags.update,
        concurrency: flags.concurrency,
        timeoutMs: durationFlag('timeout', flags.timeout) ?? 10_000,
        retries: flags.retries,
        progress: (now, total) => {
          ;[done, all] = [now, total]
        },
      })
      progress.end()
      const render = (style: Parameters<typeof renderDrift>[1], all: boolean): string =>
        renderDrift(report, style, all)
      this.exitWith(
        printContractReport(this.out, report, {
          flags,
          version: this.config.version,
          env: process.env,
          render,
        }),
      )
    } finally {
      progress.end()
    }
  }
}
