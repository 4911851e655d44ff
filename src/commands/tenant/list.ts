/** svc-mock tenant list: the tenants of a running svc-mock, and where their instances are. */
import { listTenants } from '../../app/tenant-commands.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderTenants } from '../../cli/render-tenants.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantList extends BaseCommand {
  static override summary = 'show the tenants of a running svc-mock and their instances'
  static override examples = ['<%= config.bin %> tenant list', '<%= config.bin %> tenant list --json']
  static override flags = pidFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(TenantList)
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const tenants = await listTenants({ root: config.root, pid: flags.pid })
    this.out.document({ tenants })
    this.out.print(renderTenants(tenants, this.out.style, this.out.width))
  }
}
