/** svc-mock start: runs the proxy until it is told to end. */
import { Flags } from '@oclif/core'
import { refuseProduction } from '../app/production.ts'
import { remoteAddresses } from '../app/remote.ts'
import type { Running } from '../app/running.ts'
import { serve } from '../app/serve.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { endOfContracts } from '../cli/contracts-end.ts'
import { printLive } from '../cli/live.ts'
import { readyLine, renderReady, renderRemoteWarning } from '../cli/ready.ts'
import { renderDrills } from '../cli/render-drills.ts'
import { renderProblems } from '../cli/render-problems.ts'
import { finishRecording } from '../cli/render-recording.ts'
import { untilSignal } from '../cli/wait.ts'
import { caseFlag, proxyFlags, workspaceFlags } from '../cli/workspace-flags.ts'

export default class Start extends BaseCommand {
  static override summary = 'run the proxy; one line per call'
  static override examples = ['<%= config.bin %> start', '<%= config.bin %> start --port 0 --json']
  static override flags = {
    ...proxyFlags,
    ...caseFlag,
    drill: Flags.string({
      multiple: true,
      helpValue: '<name>',
      summary: 'begin with this drill; may be repeated',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Start)
    refuseProduction(process.env, flags['allow-node-env-production'])
    const workspace = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: workspaceFlags(flags),
    })
    const ended = untilSignal()
    const { running, close } = await serve({
      ...workspace,
      seed: flags.seed,
      drills: flags.drill,
      cases: flags.case,
      record: { env: process.env },
    })
    const stop = await this.announce(running)
    await ended
    await close()
    stop()
    endOfContracts(this.out, running)
    const { result } = running.recording() ?? {}
    if (result !== undefined) finishRecording(this.out, result)
  }

  private async announce(running: Running): Promise<() => void> {
    const { out } = this
    const problems = running.problems()
    if (problems.length > 0) out.log(renderProblems(problems, out.errorStyle))
    const remote = remoteAddresses(running)
    if (remote.length > 0) out.warn(renderRemoteWarning(remote, out.errorStyle))
    out.line(readyLine(running))
    const drills = running.drills().filter((drill) => drill.running)
    if (drills.length > 0) out.log(renderDrills(drills, out.errorStyle, out.width))
    if (!out.quiet && !out.json)
      out.print(renderReady(running, await running.samples(3), out.style, out.width))
    return printLive({ running, out, stream: process.stdout })
  }
}
