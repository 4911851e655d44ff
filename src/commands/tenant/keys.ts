/** svc-mock tenant keys: what tenants hold in the Redis servers of the workspace. */
import { Args, Flags } from '@oclif/core'
import { checkHolder, tenantHoldings } from '../../app/tenant-keys/view.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderHoldings } from '../../cli/render-tenant-keys.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantKeys extends BaseCommand {
  static override summary = 'show what tenants hold in Redis'
  static override description =
    'Counts by SCAN, which goes over all keys of the servers and holds up nobody. Memory is estimated from some of the keys. A server that wants a password is asked with SVC_MOCK_REDIS_USER and SVC_MOCK_REDIS_PASSWORD.'
  static override examples = [
    '<%= config.bin %> tenant keys',
    '<%= config.bin %> tenant keys alice --service cache',
  ]
  static override args = {
    tenant: Args.string({ description: 'whose; all tenants if none' }),
  }
  static override flags = {
    ...pidFlag,
    service: Flags.string({ helpValue: '<name>', summary: 'only the server of this service' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TenantKeys)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    if (args.tenant !== undefined) checkHolder(args.tenant)
    const wish = { tenant: args.tenant, service: flags.service, env: process.env, pid: flags.pid }
    const view = await tenantHoldings(config, wish)
    const { out } = this
    out.document({ ...(args.tenant !== undefined && { tenant: args.tenant }), ...view })
    out.print(renderHoldings(view, args.tenant, out.style, out.width))
  }
}
