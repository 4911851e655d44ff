/** svc-mock send: puts a message into a topic, by the running svc-mock. */
import { readFileSync } from 'node:fs'
import { Args, Flags } from '@oclif/core'
import { sendMessage } from '../app/messages/send.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { messageFlags } from '../cli/message-flags.ts'
import { SvcMockError } from '../core/errors.ts'

export default class Send extends BaseCommand {
  static override summary = 'put a message into a topic'
  static override description =
    'The value comes from --value, --value-file or stdin, in this order. It goes the way that a message of the program under test goes: tagged for the tenant, and seen by mocks.'
  static override examples = [
    '<%= config.bin %> send orders --value \'{"id":1}\' --key o-1 --header kind=card',
    '<%= config.bin %> send orders --tenant alice --value-file order.json',
    'echo hello | <%= config.bin %> send greetings',
  ]
  static override args = { topic: Args.string({ description: 'name of the topic', required: true }) }
  static override flags = {
    ...messageFlags,
    key: Flags.string({ summary: 'without it the message has none' }),
    header: Flags.string({ multiple: true, helpValue: '<name=value>', summary: 'may be repeated' }),
    value: Flags.string({ summary: 'the value', exclusive: ['value-file', 'tombstone'] }),
    'value-file': Flags.string({
      helpValue: '<file>',
      summary: 'its bytes are the value; - is stdin',
      exclusive: ['value', 'tombstone'],
    }),
    tombstone: Flags.boolean({ summary: 'no value at all' }),
    partition: Flags.integer({ min: 0, summary: 'default: by the key' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Send)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { out } = this
    const file = flags['value-file'] ?? '-'
    const sent = await sendMessage({
      root: config.root,
      pid: flags.pid,
      service: flags.service,
      tenant: flags.tenant,
      topic: args.topic,
      key: flags.key,
      value: flags.tombstone
        ? undefined
        : flags.value === undefined
          ? readBytes(file)
          : Buffer.from(flags.value),
      typed: flags.value !== undefined,
      headers: flags.header ?? [],
      partition: flags.partition,
    })
    out.document(sent)
    const where = `partition ${sent.partition}, offset ${sent.offset}`
    out.print(`sent to ${out.style.bold(sent.topic)}, ${where}, as ${out.style.green(sent.tenant)}`)
  }
}

const readBytes = (file: string): Buffer => {
  try {
    return readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    throw new SvcMockError('FLAG_INVALID', `--value-file ${file} cannot be read: ${(error as Error).message}`)
  }
}
