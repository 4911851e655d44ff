/** svc-mock tenant add: sends a tenant's calls of a service to an instance, while this runs. */
import { Args, Flags } from '@oclif/core'
import { keepInstance } from '../../app/tenant-commands.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { BaseCommand } from '../../cli/command.ts'
import { untilSignal } from '../../cli/wait.ts'
import { pidFlag } from '../../cli/workspace-flags.ts'

export default class TenantAdd extends BaseCommand {
  static override summary = "send a tenant's calls of a service to an instance, until Ctrl-C"
  static override description =
    'The instance says that it is there three times in --ttl; when this command ends, it is gone at once.'
  static override examples = [
    '<%= config.bin %> tenant add inventory http://127.0.0.1:8080 --tenant alice',
    '<%= config.bin %> tenant add inventory http://127.0.0.1:8080 --ttl 30s',
  ]
  static override args = {
    service: Args.string({ description: 'name in svc-mock.yaml', required: true }),
    instance: Args.string({ description: 'http://host:port', required: true }),
  }
  static override flags = {
    ...pidFlag,
    tenant: Flags.string({ helpValue: '<name>', summary: "whose it is; default: the workspace's tenant" }),
    ttl: Flags.string({
      default: '30s',
      helpValue: '<time>',
      summary: 'gone so long after the last sign of life',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TenantAdd)
    const { config } = openWorkspace({
      packages: 'any',
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: { tenant: flags.tenant },
    })
    const { out } = this
    const stop = new AbortController()
    void untilSignal().then(() => stop.abort())
    const wish = {
      root: config.root,
      pid: flags.pid,
      tenant: config.tenant,
      service: args.service,
      instance: args.instance,
      ttl: flags.ttl,
    }
    let ready = false
    const events = {
      kept: (view: {
        readonly tenant: string
        readonly service: string
        readonly instance: string
      }): void => {
        out.line({ type: ready ? 'kept' : 'ready', ...view })
        const { tenant, service, instance } = view
        const again = ready ? ' again' : ''
        out.print(
          `${out.style.bold(tenant)}'s calls of ${out.style.bold(service)} go to ${out.style.green(instance)}${again}${ready ? '' : ' until Ctrl-C'}`,
        )
        ready = true
      },
      lost: ({ message }: Error): void => {
        out.line({ type: 'lost', message })
        out.log(`${message}; trying again`)
      },
    }
    await keepInstance(wish, events, stop.signal)
  }
}
