/** svc-mock check: validates the workspace and its mock files. */
import { Args, Flags } from '@oclif/core'
import { openLibrary } from '../app/library.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printCheck } from '../cli/render-check.ts'

export default class Check extends BaseCommand {
  static override summary = 'validate the workspace and its mock files'
  static override examples = ['<%= config.bin %> check', '<%= config.bin %> check mocks/orders']
  static override args = {
    paths: Args.string({ description: 'files or folders; all of the library if none' }),
  }
  static override flags = { 'fail-on-warnings': Flags.boolean({ summary: 'exit 1 for warnings too' }) }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Check)
    const { config, warnings } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    const library = await openLibrary(config)
    const view = await library.check(argv.map(String))
    printCheck(this.out, { ...view, problems: [...warnings, ...view.problems] }, flags['fail-on-warnings'])
  }
}
