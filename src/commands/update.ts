/** svc-mock update: newer mocks, and what they change. */
import { Args } from '@oclif/core'
import { updatePackages } from '../app/packages/update.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderUpdated } from '../cli/render-packages.ts'

export default class Update extends BaseCommand {
  static override summary = 'take the newest mocks that the addresses in svc-mock.yaml allow'
  static override description =
    'Shows which mocks were added, changed and removed. Writes svc-mock.lock. Exits with 1 if something in the workspace does not fit the new mocks.'
  static override examples = ['<%= config.bin %> update', '<%= config.bin %> update @acme/orders-mocks']
  static override args = {
    names: Args.string({ ignoreStdin: true, description: 'packages; all of the workspace if none' }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Update)
    const view = await updatePackages(argv.map(String), {
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    this.out.document(view)
    this.out.print(renderUpdated(view, this.out.style))
    if (view.problems.some(({ severity }) => severity === 'error')) this.exitWith(1)
  }
}
