/** svc-mock tenant probe: sends a tagged call and says where its tag was lost. */
import { Args, Flags } from '@oclif/core'
import { probe } from '../../app/probe.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { renderProbe } from '../../cli/render-probe.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantProbe extends BaseCommand {
  static override summary =
    'send a tagged call through a running svc-mock, and say at which hop the tag was lost'
  static override examples = ['<%= config.bin %> tenant probe http://orders.test.example.com/orders/1']
  static override args = {
    url: Args.string({ description: "what the first service's client would call", required: true }),
  }
  static override flags = {
    ...pidFlag,
    tenant: Flags.string({
      helpValue: '<name>',
      summary: "whose call it is; default: the workspace's tenant, else one made up",
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TenantProbe)
    const { config } = openWorkspace({
      packages: 'any',
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: { tenant: flags.tenant },
    })
    const result = await probe({
      root: config.root,
      pid: flags.pid,
      url: args.url,
      tenant: config.tenant,
      header: config.tenants.header,
    })
    this.out.document(result)
    this.out.print(renderProbe(result, this.out.style))
    this.exitWith(result.lost.length > 0 || result.hops.length === 0 ? 1 : 0)
  }
}
