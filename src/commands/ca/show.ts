/** svc-mock ca show: the certificate authority, and the commands that make each system and runtime trust it. */
import { Flags } from '@oclif/core'
import { showAuthority } from '../../app/ca/authority.ts'
import type { System } from '../../app/ca/targets.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderShown } from '../../cli/render-ca.ts'

const systems: readonly System[] = ['linux', 'macos', 'windows']

export default class CaShow extends BaseCommand {
  static override summary = 'show the certificate authority and how each system and runtime trusts it'
  static override examples = ['<%= config.bin %> ca show', '<%= config.bin %> ca show --system windows']
  static override flags = {
    system: Flags.option({ options: systems, summary: "whose commands; default: this machine's" })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(CaShow)
    const shown = showAuthority(process.env, flags.system)
    this.out.document({ ...shown, authority: shown.authority ?? null })
    this.out.print(renderShown(shown, this.out.style))
  }
}
