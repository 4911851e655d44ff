/** svc-mock init: writes a workspace that works at once. */
import { Args } from '@oclif/core'
import { initWorkspace } from '../app/init.ts'
import { BaseCommand } from '../cli/command.ts'

export default class Init extends BaseCommand {
  static override summary = 'write a workspace that works at once'
  static override description = 'Files that exist are kept and named.'
  static override examples = ['<%= config.bin %> init', '<%= config.bin %> init my-workspace']
  static override args = { dir: Args.string({ default: '.', description: 'folder of the workspace' }) }

  async run(): Promise<void> {
    const { args } = await this.parse(Init)
    const result = initWorkspace(process.cwd(), args.dir)
    const { style } = this.out
    this.out.document(result)
    for (const path of result.written) this.out.print(`${style.green('wrote')}  ${path}`)
    for (const path of result.kept)
      this.out.print(`${style.yellow('kept')}   ${path} ${style.dim('(it was there)')}`)
    this.out.print(['', 'next:', ...result.next.map((line) => `  ${style.cyan(line)}`)].join('\n'))
  }
}
