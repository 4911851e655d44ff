/** svc-mock remove: mock packages out of the workspace. */
import { Args } from '@oclif/core'
import { removePackages } from '../app/packages/remove.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderRemoved } from '../cli/render-packages.ts'

export default class Remove extends BaseCommand {
  static override summary = 'stop using a mock package'
  static override description = 'Takes it out of svc-mock.yaml, svc-mock.lock and the workspace.'
  static override examples = ['<%= config.bin %> remove @acme/orders-mocks']
  static override args = {
    names: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'its name, or its address as in svc-mock.yaml',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Remove)
    const view = await removePackages(argv.map(String), {
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    this.out.document(view)
    this.out.print(renderRemoved(view, this.out.style))
  }
}
