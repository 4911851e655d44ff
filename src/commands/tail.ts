/** svc-mock tail: shows the messages of a topic as they come. */
import { Args, Flags } from '@oclif/core'
import { MessageRecorder } from '../app/messages/record.ts'
import { tailMessages } from '../app/messages/tail.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { messageFlags } from '../cli/message-flags.ts'
import { messageLine, renderMessage } from '../cli/message-line.ts'
import { untilSignal } from '../cli/wait.ts'

export default class Tail extends BaseCommand {
  static override summary = 'show the messages of a topic as they come, until Ctrl-C'
  static override description =
    "Without a group, so that nobody's messages are taken away. A tenant sees the messages that its consumers would see."
  static override examples = [
    '<%= config.bin %> tail orders',
    '<%= config.bin %> tail orders --from beginning --no-follow --json',
    '<%= config.bin %> tail orders --tenant alice --count 1',
  ]
  static override args = { topic: Args.string({ description: 'name of the topic', required: true }) }
  static override flags = {
    ...messageFlags,
    from: Flags.string({
      options: ['beginning', 'latest'],
      default: 'latest',
      summary: 'where to begin',
    }),
    record: Flags.string({
      helpValue: '<file>',
      summary: 'write what comes into a fixture for svc-mock replay, desensitized',
    }),
    'key-file': Flags.string({ helpValue: '<file>', summary: 'the key that fakes are made with' }),
    count: Flags.integer({ min: 1, summary: 'end after so many' }),
    follow: Flags.boolean({
      default: true,
      allowNo: true,
      summary: 'wait for more; --no-follow ends with what is there',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tail)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { out } = this
    const recorder =
      flags.record === undefined
        ? undefined
        : new MessageRecorder({
            root: config.root,
            file: flags.record,
            env: process.env,
            keyFile: flags['key-file'],
          })
    let place = { service: flags.service ?? '', tenant: flags.tenant ?? '' }
    const stop = new AbortController()
    const signal = untilSignal().then(() => stop.abort())
    const wish = {
      root: config.root,
      pid: flags.pid,
      service: flags.service,
      tenant: flags.tenant,
      topic: args.topic,
      from: flags.from === 'beginning' ? ('beginning' as const) : ('latest' as const),
      count: flags.count,
      follow: flags.follow,
    }
    const done = tailMessages(
      wish,
      {
        ready: ({ service, tenant }) => {
          place = { service, tenant }
          out.line({ type: 'ready', service, tenant, topic: args.topic })
          if (flags.follow) out.log(`messages of ${args.topic} in ${service}, as ${tenant} sees them`)
        },
        message: (message) => {
          recorder?.take(place.service, message)
          out.line(messageLine(message))
          out.print(renderMessage(message, out.style))
        },
      },
      stop.signal,
    )
    await Promise.race([done, signal])
    if (recorder === undefined) return
    const { file, messages, leftOut, masked } = recorder.finish(place)
    out.line({ type: 'recorded', file, messages, leftOut, masked })
    const without = leftOut === 0 ? '' : `; ${leftOut} left out, because they could not be made clean`
    out.log(`${messages} recorded in ${file}, ${masked} values replaced${without}`)
  }
}
