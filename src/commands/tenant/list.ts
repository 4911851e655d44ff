/** svc-mock tenant list: the tenants of a running svc-mock, and where their instances are. */
import { listTenants } from '../../app/tenant-commands.ts'
import { glanceAtGroups } from '../../app/tenant-groups/glance.ts'
import { leftOver } from '../../app/tenant-keys/left-over.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderGroups } from '../../cli/render-tenant-groups.ts'
import { renderLeftOver } from '../../cli/render-tenant-keys.ts'
import { renderTenants } from '../../cli/render-tenants.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantList extends BaseCommand {
  static override summary =
    'show the tenants of a running svc-mock, their instances, and what they have in Kafka'
  static override examples = ['<%= config.bin %> tenant list', '<%= config.bin %> tenant list --json']
  static override flags = pidFlag

  async run(): Promise<void> {
    const { flags } = await this.parse(TenantList)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const [tenants, left, kafka] = await Promise.all([
      listTenants({ root: config.root, pid: flags.pid }),
      leftOver(config, process.env),
      glanceAtGroups(config),
    ])
    const { out } = this
    out.document({ tenants, leftOver: left, kafka })
    out.print(renderTenants(tenants, out.style, out.width))
    const groups = renderGroups(kafka, out.style, out.width)
    if (groups !== '') out.print(`\n${groups}`)
    if (left.length > 0) out.print(renderLeftOver(left, out.style))
  }
}
