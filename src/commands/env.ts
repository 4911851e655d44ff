/** svc-mock env: the variables that bring a program's calls here. */
import { Flags } from '@oclif/core'
import { environmentOf } from '../app/env/env.ts'
import { type EnvFormat, envFormats, renderEnv } from '../app/env/formats.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { pidFlag } from '../cli/workspace-flags.ts'

export default class Env extends BaseCommand {
  static override summary = "print the variables that bring a program's calls here"
  static override examples = [
    'eval "$(<%= config.bin %> env)"',
    '<%= config.bin %> env --format dotenv > .env.svc-mock',
    '<%= config.bin %> env --format idea',
  ]
  static override flags = {
    ...pidFlag,
    format: Flags.option({ options: envFormats, default: 'shell' as EnvFormat, summary: 'who reads them' })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Env)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const view = await environmentOf(config, process.env, flags.pid)
    if (!view.running) this.out.log(`nothing listens on ${view.listen} yet: svc-mock start`)
    for (const note of view.notes) this.out.log(this.out.errorStyle.yellow(note))
    this.out.document(view)
    this.out.print(renderEnv(view.variables, flags.format, view.trustFolder))
  }
}
