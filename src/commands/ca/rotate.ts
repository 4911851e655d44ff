/** svc-mock ca rotate: a new certificate authority in place of the old one. */
import { Flags } from '@oclif/core'
import { hasAuthority, renewAuthority } from '../../app/ca/authority.ts'
import { BaseCommand } from '../../cli/command.ts'
import { confirm } from '../../cli/confirm.ts'
import { renderRenewed } from '../../cli/render-ca.ts'
import { SvcMockError } from '../../core/errors.ts'

export default class CaRotate extends BaseCommand {
  static override summary = 'make a new certificate authority; what trusted the old one must be told again'
  static override examples = ['<%= config.bin %> ca rotate', '<%= config.bin %> ca rotate --yes']
  static override flags = { yes: Flags.boolean({ char: 'y', summary: 'do not ask' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(CaRotate)
    const { out } = this
    // One that is broken or over is nobody's loss.
    if (!flags.yes && hasAuthority(process.env)) {
      const answer = out.json
        ? undefined
        : await confirm('Everything that trusts the present authority must be told of the new one. Go on?')
      if (answer === undefined) {
        throw new SvcMockError(
          'FLAG_INVALID',
          'a new authority takes the trust from the present one, and nobody is here to ask',
          {
            hint: 'if it is meant: svc-mock ca rotate --yes',
          },
        )
      }
      if (!answer) {
        out.print('nothing was changed')
        return
      }
    }
    const renewed = renewAuthority(process.env)
    out.document(renewed)
    out.print(renderRenewed(renewed, out.style))
  }
}
