/** svc-mock mode: shows or switches the mode of a running service. */
import { Args } from '@oclif/core'
import { showModes, switchMode } from '../app/mode.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderServices } from '../cli/ready.ts'
import { pidFlag } from '../cli/workspace-flags.ts'

export default class Mode extends BaseCommand {
  static override summary = 'show or switch how a running service is treated'
  static override examples = ['<%= config.bin %> mode orders', '<%= config.bin %> mode orders passthrough']
  static override args = {
    service: Args.string({ description: 'name in svc-mock.yaml; all services if none' }),
    mode: Args.string({ description: 'mock, passthrough, record or direct' }),
  }
  static override flags = pidFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Mode)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { out } = this
    if (args.service === undefined || args.mode === undefined) {
      const services = await showModes({ root: config.root, pid: flags.pid, service: args.service })
      out.document({ services })
      out.print(renderServices(services, out.style, out.width))
      return
    }
    const service = await switchMode({
      root: config.root,
      pid: flags.pid,
      service: args.service,
      mode: args.mode,
    })
    out.document(service)
    out.print(`${out.style.bold(service.name)} is in mode ${out.style.green(service.mode)}`)
  }
}
