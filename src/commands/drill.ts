/** svc-mock drill: begins, ends and lists drills of a running proxy. */
import { Args } from '@oclif/core'
import { type DrillTarget, listDrills, startDrill, stopDrill } from '../app/drill.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { renderDrills } from '../cli/render-drills.ts'
import { pidFlag } from '../cli/workspace-flags.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Drill extends BaseCommand {
  static override summary = 'begin, end or list drills of a running svc-mock'
  static override examples = [
    '<%= config.bin %> drill list',
    '<%= config.bin %> drill start payments-slow',
    '<%= config.bin %> drill stop',
  ]
  static override args = {
    action: Args.string({
      description: 'start, stop or list',
      options: ['start', 'stop', 'list'],
      required: true,
    }),
    name: Args.string({ description: 'file name in drills/ without its ending; stop: all if none' }),
  }
  static override flags = pidFlag

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Drill)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { out } = this
    const target: DrillTarget = { root: config.root, pid: flags.pid }
    if (args.action === 'list') {
      const drills = await listDrills(target)
      out.document({ drills })
      out.print(renderDrills(drills, out.style, out.width))
    } else if (args.action === 'start') {
      if (args.name === undefined) throw nameless()
      const drill = await startDrill(target, args.name)
      out.document(drill)
      out.print(renderDrills([drill], out.style, out.width))
    } else {
      const stopped = await stopDrill(target, args.name)
      out.document({ stopped })
      out.print(`ended: ${stopped.map(({ name }) => name).join(', ') || 'none, no drill was running'}`)
    }
  }
}

const nameless = (): SvcMockError =>
  new SvcMockError('FLAG_INVALID', 'which drill? the name is missing', {
    hint: 'see them with svc-mock drill list, then: svc-mock drill start <name>',
  })
