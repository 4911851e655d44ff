/** svc-mock tenant clean: removes all that a tenant holds in Redis and Kafka, and its instances. */
import { Args, Flags } from '@oclif/core'
import { checkHolder, cleanTenant, tenantLeavings } from '../../app/tenant-keys/view.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { confirm } from '../../cli/confirm.ts'
import { foretell, renderCleaned } from '../../cli/render-tenant-keys.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'
import { SvcMockError } from '../../core/errors.ts'

export default class TenantClean extends BaseCommand {
  static override summary = "remove a tenant's keys from Redis, its groups from Kafka, and its instances"
  static override description =
    "A group that somebody is in is refused, and then nothing is removed. Keys of other tenants and of the baseline stay, and so do routes of svc-mock.yaml. Keys that the tenant has in place of the baseline's (policy overlay) are the baseline's again. Programs that still run write new ones."
  static override examples = [
    '<%= config.bin %> tenant clean alice',
    '<%= config.bin %> tenant clean alice --service cache --yes',
    '<%= config.bin %> tenant clean alice --dry-run',
  ]
  static override args = {
    tenant: Args.string({ description: 'whose', required: true }),
  }
  static override flags = {
    ...pidFlag,
    service: Flags.string({
      helpValue: '<name>',
      summary: 'only the server or cluster of this service, and its instance',
    }),
    topics: Flags.boolean({ summary: "the tenant's private topics, too, with all that is in them" }),
    'dry-run': Flags.boolean({ summary: 'only say what would be removed' }),
    yes: Flags.boolean({ char: 'y', summary: 'do not ask' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TenantClean)
    const { tenant } = args
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    checkHolder(tenant)
    const wish = { tenant, service: flags.service, env: process.env, pid: flags.pid }
    const { out } = this
    if (flags['dry-run'] || !flags.yes) {
      const view = await tenantLeavings(config, wish)
      if (flags['dry-run']) {
        out.document({ tenant, dryRun: true, ...view })
        out.print(foretell(view, tenant, flags.topics))
        return
      }
      const answer = out.json
        ? undefined
        : await confirm(`${foretell(view, tenant, flags.topics)}. Remove it?`)
      if (answer === undefined) throw unasked(tenant)
      if (!answer) {
        out.print('nothing was removed')
        return
      }
    }
    const cleaned = await cleanTenant(config, { ...wish, topics: flags.topics })
    out.document({ tenant, ...cleaned })
    out.print(renderCleaned(cleaned, tenant))
  }
}

const unasked = (tenant: string): SvcMockError =>
  new SvcMockError('FLAG_INVALID', `what ${tenant} holds is removed for good, and nobody is here to ask`, {
    hint: `if it is meant: svc-mock tenant clean ${tenant} --yes`,
  })
