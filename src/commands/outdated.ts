/** svc-mock outdated: whether there are newer mocks. */
import { Args } from '@oclif/core'
import { outdatedPackages } from '../app/packages/outdated.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderOutdated } from '../cli/render-packages.ts'

export default class Outdated extends BaseCommand {
  static override summary = 'show mock packages that have newer versions'
  static override description =
    'Asks registries and repositories, and changes nothing. Exits with 1 if there is any.'
  static override examples = ['<%= config.bin %> outdated']
  static override args = {
    names: Args.string({ ignoreStdin: true, description: 'packages; all of the workspace if none' }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Outdated)
    const packages = await outdatedPackages(argv.map(String), {
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    this.out.document({ packages })
    this.out.print(renderOutdated(packages, this.out.style, this.out.width))
    if (packages.some(({ state }) => state !== 'current')) this.exitWith(1)
  }
}
