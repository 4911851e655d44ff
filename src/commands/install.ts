/** svc-mock install: the mock packages of a fresh clone. */
import { Flags } from '@oclif/core'
import { installPackages } from '../app/packages/install.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderInstalled } from '../cli/render-packages.ts'

export default class Install extends BaseCommand {
  static override summary = 'install the mock packages that svc-mock.yaml names, as svc-mock.lock has them'
  static override description =
    'For a fresh clone, and after library in svc-mock.yaml was edited by hand. What was fetched on this machine before needs no network. What somebody changed below .svc-mock/packages is put right.'
  static override examples = ['<%= config.bin %> install', '<%= config.bin %> install --frozen']
  static override flags = {
    frozen: Flags.boolean({ summary: 'fail where svc-mock.lock does not fit svc-mock.yaml; for CI' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Install)
    const view = await installPackages(
      { frozen: flags.frozen },
      { cwd: process.cwd(), configPath: flags.config, env: process.env },
    )
    this.out.document(view)
    this.out.print(renderInstalled(view, this.out.style))
  }
}
