/** svc-mock scan: fails if anything sensitive is in the files; needs no key. */
import { Args, Flags } from '@oclif/core'
import { junit, sarif, writeReport } from '../app/scan/reports.ts'
import { scan } from '../app/scan/scan.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { printScan } from '../cli/render-scan.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Scan extends BaseCommand {
  static override summary = 'fail if anything sensitive is in mocks and fixtures; needs no key'
  static override examples = [
    '<%= config.bin %> scan',
    '<%= config.bin %> scan fixtures --sarif scan.sarif',
    '<%= config.bin %> scan --staged',
  ]
  static override args = {
    paths: Args.string({ description: 'files or folders; all of the library if none' }),
  }
  static override flags = {
    history: Flags.boolean({ summary: 'every version of the files that git has', exclusive: ['staged'] }),
    junit: Flags.string({ helpValue: '<file>', summary: "write the findings as JUnit's XML too" }),
    sarif: Flags.string({ helpValue: '<file>', summary: 'write the findings as SARIF too' }),
    staged: Flags.boolean({ summary: 'what git would commit now, for a pre-commit hook' }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Scan)
    const cwd = process.cwd()
    const paths = argv.map(String)
    const { root, library } = this.#workspace(cwd, flags.config, paths)
    const from = flags.staged ? 'staged' : flags.history ? 'history' : 'files'
    const view = scan({ cwd, root, library, paths, from, today: new Date().toISOString().slice(0, 10) })
    if (flags.sarif !== undefined) writeReport('--sarif', flags.sarif, sarif(view, this.config.version))
    if (flags.junit !== undefined) writeReport('--junit', flags.junit, junit(view))
    printScan(this.out, view)
  }

  /** Named files can be scanned anywhere: an article of a wiki, say, before it is made public. */
  #workspace(cwd: string, configPath: string | undefined, paths: readonly string[]) {
    try {
      const { config } = openWorkspace({ cwd, configPath, env: process.env, packages: 'any' })
      // What others publish was scanned when it was packed, and is theirs to change.
      const own = config.library.filter(({ origin }) => origin === undefined)
      return { root: config.root, library: own.map(({ folder }) => folder) }
    } catch (error) {
      const none = error instanceof SvcMockError && error.code === 'CONFIG_NOT_FOUND'
      if (!none || paths.length === 0) throw error
      return { root: cwd, library: [] }
    }
  }
}
