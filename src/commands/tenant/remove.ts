/** svc-mock tenant remove: a tenant's calls go to the baseline again. */
import { Args, Flags } from '@oclif/core'
import { removeInstances } from '../../app/tenant-commands.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantRemove extends BaseCommand {
  static override summary = "send a tenant's calls to the baseline again"
  static override description =
    'Removes what svc-mock tenant add has added. One that still runs adds its instance again: end that first. Routes of svc-mock.yaml stay.'
  static override examples = [
    '<%= config.bin %> tenant remove inventory --tenant alice',
    '<%= config.bin %> tenant remove --tenant alice',
  ]
  static override args = {
    service: Args.string({ description: 'name in svc-mock.yaml; all services if none' }),
  }
  static override flags = {
    ...pidFlag,
    tenant: Flags.string({ helpValue: '<name>', summary: "whose; default: the workspace's tenant" }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TenantRemove)
    const { config } = openWorkspace({
      packages: 'any',
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: { tenant: flags.tenant },
    })
    const target = { root: config.root, pid: flags.pid }
    const removed = await removeInstances(target, config.tenant, args.service)
    this.out.document({ tenant: config.tenant, removed })
    const what = removed.map(({ service, instance }) => `${service} (${instance})`).join(', ')
    this.out.print(`removed: ${what || `none, ${config.tenant} has added no instance`}`)
  }
}
