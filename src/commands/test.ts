/** svc-mock test: runs the examples of mock files, without a socket. */
import { Args, Flags } from '@oclif/core'
import { writeJunit } from '../app/examples/junit.ts'
import { testMocks } from '../app/examples/test-mocks.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderTest } from '../cli/render-test.ts'
import { exitCodes } from '../core/errors.ts'

export default class Test extends BaseCommand {
  static override summary = 'run the examples of mock files, without a socket'
  static override description =
    'Mock files may hold examples: a call, and how it is answered. Nothing is listened on, nothing is sent, and no delay is waited for.'
  static override examples = [
    '<%= config.bin %> test',
    '<%= config.bin %> test mocks/orders',
    '<%= config.bin %> test mocks/orders/1.4.0/orders.yaml:36',
    '<%= config.bin %> test --name "large orders" --junit reports/mocks.xml',
  ]
  static override args = {
    paths: Args.string({
      description: 'files, folders, or file:line for one example; all of the library if none',
    }),
  }
  static override flags = {
    'fail-if-none': Flags.boolean({ summary: 'exit 1 when there is no example' }),
    junit: Flags.string({ helpValue: '<file>', summary: 'write the results as JUnit XML too' }),
    name: Flags.string({ helpValue: '<text>', summary: 'only examples, or mocks, whose name holds this' }),
    unreached: Flags.boolean({ summary: 'list the mocks that no example reached' }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Test)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const view = await testMocks(config, { paths: argv.map(String), name: flags.name })
    if (flags.junit !== undefined) writeJunit(flags.junit, view)
    this.out.document(view)
    this.out.print(
      renderTest(view, this.out.style, {
        quiet: this.out.quiet,
        unreached: flags.unreached,
        name: flags.name,
      }),
    )
    const none = flags['fail-if-none'] && view.examples.length === 0
    if (view.failed > 0 || none) this.exitWith(exitCodes.check)
  }
}
