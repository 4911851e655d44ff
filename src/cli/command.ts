/** What every command has: the four common flags, an Output that obeys them, and no error handling of its own. */
import { Command, Flags } from '@oclif/core'
import { Output, outputOptions } from './output.ts'

export abstract class BaseCommand extends Command {
  static override baseFlags = {
    config: Flags.string({
      helpGroup: 'GLOBAL',
      helpValue: '<file>',
      summary: 'svc-mock.yaml to use, instead of the nearest one upwards',
    }),
    json: Flags.boolean({ helpGroup: 'GLOBAL', summary: 'print JSON on stdout, errors included' }),
    'no-color': Flags.boolean({ helpGroup: 'GLOBAL', summary: 'no colours; NO_COLOR=1 does the same' }),
    quiet: Flags.boolean({ helpGroup: 'GLOBAL', char: 'q', summary: 'only results and errors' }),
  }

  protected readonly out: Output = new Output(outputOptions(this.argv))

  /** What the process will end with, unless something is thrown. */
  protected exitWith(code: number): void {
    process.exitCode = code
  }

  /** main.ts renders errors, so that all of them look alike. */
  override async catch(error: Error): Promise<never> {
    throw error
  }
}
