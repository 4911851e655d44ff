/** svc-mock pack: a workspace becomes a mock package. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { pack } from '../app/packages/pack.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { packDocument, refusePack, renderPacked } from '../cli/render-pack.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Pack extends BaseCommand {
  static override summary = 'make a package of the mocks, for others to use'
  static override description =
    'Checks everything, holds mocks against the contracts that svc-mock.yaml names, and looks for sensitive data; what is not clean is not packed. The tarball holds mock files, what they name, and specs; name and version come from package.json. Equal files give equal bytes.'
  static override examples = [
    '<%= config.bin %> pack',
    '<%= config.bin %> pack --dry-run',
    '<%= config.bin %> pack --out dist',
  ]
  static override flags = {
    'dry-run': Flags.boolean({ summary: 'show what would be in it, and write nothing' }),
    out: Flags.string({
      helpValue: '<folder>',
      summary: 'where the tarball is written; default: the working directory',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Pack)
    const { config, warnings } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
    })
    const today = new Date().toISOString().slice(0, 10)
    const packed = await pack({ config, warnings, tool: this.config.version, today })
    if (packed.kind !== 'packed') return refusePack(this.out, packed, this.config.version)
    const shown = flags['dry-run'] ? undefined : join(flags.out ?? '.', packed.fileName)
    if (shown !== undefined) write(shown, packed.tarball)
    this.out.document(packDocument(packed, shown))
    this.out.print(
      renderPacked(packed, shown ?? 'nothing was written (--dry-run)', this.out.style, this.out.width),
    )
  }
}

const write = (file: string, bytes: Uint8Array): void => {
  try {
    writeFileSync(resolve(file), bytes)
  } catch (error) {
    throw new SvcMockError('FLAG_INVALID', `${file} cannot be written: ${(error as Error).message}`, {
      hint: 'name a folder that exists: --out <folder>',
    })
  }
}
