/** svc-mock ca trust: makes this machine trust the certificate authority, after saying how. */
import { Flags } from '@oclif/core'
import { planTrust, runTrust } from '../../app/ca/trust.ts'
import { BaseCommand } from '../../cli/command.ts'
import { confirm } from '../../cli/confirm.ts'
import { renderPlan } from '../../cli/render-ca.ts'

export default class CaTrust extends BaseCommand {
  static override summary = 'make this machine trust the certificate authority, after saying how'
  static override description =
    'Says what it will do first. Without --yes it asks, and where nobody can be asked it changes nothing.'
  static override examples = ['<%= config.bin %> ca trust', '<%= config.bin %> ca trust --yes']
  static override flags = { yes: Flags.boolean({ char: 'y', summary: 'do not ask' }) }

  async run(): Promise<void> {
    const { flags } = await this.parse(CaTrust)
    const { out } = this
    const plan = planTrust(process.env)
    out.print(renderPlan(plan, out.style))
    const wanted = flags.yes || (!out.json && (await confirm('Do this?')) === true)
    if (wanted) await runTrust(plan, ({ command }) => out.log(`$ ${command.join(' ')}`))
    out.document({ ...plan, done: wanted })
    out.print(
      wanted
        ? `${out.style.green('trusted')}; runtimes with roots of their own (Node, Java, Python) are told by svc-mock run, or see svc-mock ca show`
        : 'nothing was changed; to do it: svc-mock ca trust --yes',
    )
  }
}
