/** svc-mock types: TypeScript types for requests and answers of a library. */
import { Flags } from '@oclif/core'
import { makeTypes } from '../app/types/make-types.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderProblems } from '../cli/render-problems.ts'

export default class Types extends BaseCommand {
  static override summary = 'write TypeScript types for requests and answers of the mocks'
  static override description =
    'With them the compiler checks scripts and tests: what a request has, and what may be answered. Without --out they are printed.'
  static override examples = [
    '<%= config.bin %> types --out types/mocks.d.ts',
    '<%= config.bin %> types --out types/mocks.d.ts --check',
  ]
  static override flags = {
    check: Flags.boolean({
      dependsOn: ['out'],
      summary: 'write nothing; exit 1 when the file is not what would be written',
    }),
    out: Flags.string({ helpValue: '<file>', summary: 'where the types go, as types/mocks.d.ts' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Types)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const { text, warnings, ...made } = await makeTypes(config, { out: flags.out, check: flags.check })
    if (warnings.length > 0) this.out.log(renderProblems(warnings, this.out.errorStyle))
    if (made.file === undefined) {
      this.out.document({ ...made, file: null, text })
      this.out.print(text.trimEnd())
      return
    }
    this.out.document(made)
    const what = `${made.mocks} mocks, ${made.operations} operations`
    this.out.print(`${made.file}: ${made.changed ? 'written' : 'unchanged'}, ${what}`)
  }
}
