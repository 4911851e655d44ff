/** svc-mock tenant list: the tenants of a running svc-mock, and where their instances are. */
import { listTenants } from '../../app/tenant-commands.ts'
import { leftOver } from '../../app/tenant-keys/left-over.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderLeftOver } from '../../cli/render-tenant-keys.ts'
import { renderTenants } from '../../cli/render-tenants.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantList extends BaseCommand {
  static override summary = 'show the tenants of a running svc-mock and their instances'
  static override examples = ['<%= config.bin %> tenant list', '<%= config.bin %> tenant list --json']
  static override flags = pidFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(TenantList)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const [tenants, left] = await Promise.all([
      listTenants({ root: config.root, pid: flags.pid }),
      leftOver(config, process.env),
    ])
    const { out } = this
    out.document({ tenants, leftOver: left })
    out.print(renderTenants(tenants, out.style, out.width))
    if (left.length > 0) out.print(renderLeftOver(left, out.style))
  }
}
