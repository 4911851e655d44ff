/** svc-mock replay: sends the messages of a fixture again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Args, Flags } from '@oclif/core'
import { replayMessages } from '../app/messages/replay.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { messageFlags } from '../cli/message-flags.ts'
import { untilSignal } from '../cli/wait.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Replay extends BaseCommand {
  static override summary = 'send recorded messages in their order, in the time that they took'
  static override description =
    'The file is what svc-mock tail --record has written, or one like it. Messages go the way of svc-mock send.'
  static override examples = [
    '<%= config.bin %> replay fixtures/events/orders.yaml',
    '<%= config.bin %> replay fixtures/events/orders.yaml --speed 0 --tenant alice',
  ]
  static override args = { fixture: Args.string({ description: 'file of messages', required: true }) }
  static override flags = {
    ...messageFlags,
    speed: Flags.string({
      default: '1',
      helpValue: '<n>',
      summary: '2 is twice as fast, 0.5 half as fast, 0 without pauses',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Replay)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { out } = this
    const speed = Number(flags.speed)
    if (flags.speed.trim() === '' || !(speed >= 0 && speed <= 1_000_000))
      throw new SvcMockError('FLAG_INVALID', `--speed ${flags.speed} is no speed`, {
        hint: 'write --speed 2',
      })
    const stop = new AbortController()
    void untilSignal().then(() => stop.abort())
    const wait = (ms: number): Promise<void> =>
      sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined)
    const wish = {
      root: config.root,
      pid: flags.pid,
      service: flags.service,
      tenant: flags.tenant,
      file: args.fixture,
      speed,
    }
    const count = await replayMessages(
      wish,
      (view) => {
        out.line({ type: 'sent', ...view })
        out.log(`${view.topic}/${view.partition}@${view.offset}`)
      },
      wait,
      stop.signal,
    )
    out.line({ type: 'end', messages: count })
    out.print(`${count} ${count === 1 ? 'message' : 'messages'} sent`)
    // Whatever waits for a signal has nothing to wait for any more.
    stop.abort()
  }
}
