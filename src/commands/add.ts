/** svc-mock add: mock packages into the workspace. */
import { Args } from '@oclif/core'
import { addPackages } from '../app/packages/add.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderAdded } from '../cli/render-packages.ts'

export default class Add extends BaseCommand {
  static override summary = 'use mocks that others publish, from an npm registry or a git repository'
  static override description =
    'Fetches them, checks every mock, and writes svc-mock.yaml and svc-mock.lock. From then on they are used without a network. Registry and login are those of npm and git on this machine; no script of a package runs.'
  static override examples = [
    '<%= config.bin %> add npm:@acme/orders-mocks',
    '<%= config.bin %> add npm:@acme/orders-mocks@^1.4 npm:@acme/stock-mocks@next',
    '<%= config.bin %> add git+https://git.example.com/mocks.git#main',
  ]
  static override args = {
    addresses: Args.string({
      required: true,
      ignoreStdin: true,
      description:
        'npm:<name>[@<range or tag>], or git+https://… or git+ssh://… with #<branch, tag or commit>',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Add)
    const view = await addPackages(argv.map(String), {
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    this.out.document(view)
    this.out.print(renderAdded(view, this.out.style))
  }
}
