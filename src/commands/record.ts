/** svc-mock record: like start, but what the real services answer becomes fixtures, desensitized. */
import { Flags } from '@oclif/core'
import { writeNewKey } from '../app/mask-key.ts'
import { refuseProduction } from '../app/production.ts'
import { over, startRecording } from '../app/record/record.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { endOfContracts } from '../cli/contracts-end.ts'
import { printRecording } from '../cli/print-recording.ts'
import { durationFlag, recordFlags, recordWishes } from '../cli/record-flags.ts'
import { finishRecording } from '../cli/render-recording.ts'
import { untilSignals } from '../cli/wait.ts'
import { proxyFlags, workspaceFlags } from '../cli/workspace-flags.ts'

export default class Record extends BaseCommand {
  static override summary = 'write what the real services answer as fixtures, desensitized'
  static override examples = [
    '<%= config.bin %> record --new-key ~/.svc-mock/mask.key',
    '<%= config.bin %> record --key-file ~/.svc-mock/mask.key --version 1.4.0',
    "<%= config.bin %> record --filter 'orders GET /orders/{id}' --until-idle 30s",
    '<%= config.bin %> record --learn',
  ]
  static override flags = {
    ...proxyFlags,
    ...recordFlags,
    filter: Flags.string({
      multiple: true,
      helpValue: '<calls>',
      summary: "only these: orders, 'orders GET /orders/{id}', POST; may be repeated",
    }),
    for: Flags.string({ helpValue: '<duration>', summary: 'end after so long: 10m' }),
    'new-key': Flags.string({ helpValue: '<file>', summary: 'write a new key and do nothing else' }),
    'on-full': Flags.string({
      options: ['drop', 'wait'],
      default: 'drop',
      summary: 'when more comes than can be written: leave calls out, or let them wait',
    }),
    'until-idle': Flags.string({ helpValue: '<duration>', summary: 'end so long after the last call: 30s' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Record)
    refuseProduction(process.env, flags['allow-node-env-production'])
    const forMs = durationFlag('for', flags.for)
    const idleMs = durationFlag('until-idle', flags['until-idle'])
    const workspace = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: workspaceFlags(flags),
    })
    if (flags['new-key'] !== undefined) {
      this.newKey(flags['new-key'], workspace.config.root)
      return
    }
    const ended = untilSignals()
    const onFull = flags['on-full'] === 'wait' ? 'wait' : 'drop'
    const wishes = { ...recordWishes(flags), filter: flags.filter, onFull } as const
    const { running, close } = await startRecording({ ...workspace, wishes, stop: ended.again })
    const stop = printRecording(this.out, running, {
      folder: workspace.config.record.display,
      mode: flags.record,
      learn: flags.learn,
      strict: flags.strict,
    })
    await Promise.race([ended.first, over(running, { forMs, idleMs })])
    await close()
    stop()
    endOfContracts(this.out, running)
    const { result } = running.recording() ?? {}
    if (result !== undefined) finishRecording(this.out, result)
  }

  private newKey(file: string, root: string): void {
    const { id } = writeNewKey(file, root)
    this.out.document({ file, id })
    this.out.print(`${file} holds a new key (${id}). Share it with those who record, and with nobody else.`)
    this.out.log(`record with it: svc-mock record --key-file ${file}`)
  }
}
