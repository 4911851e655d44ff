/** svc-mock explain: which mock answers a call and why, or what an error code means. */
import { Args, Flags } from '@oclif/core'
import { explainCode } from '../app/explain-code.ts'
import { BaseCommand } from '../cli/command.ts'
import { isRpc, readExplainedCall, readExplainedCommand, readExplainedRpc } from '../cli/explained-call.ts'
import { renderExplain } from '../cli/render-explain.ts'

export default class Explain extends BaseCommand {
  static override summary = 'say which mock answers a call and why, or what an error code means'
  static override usage = [
    'explain METHOD URL [--header ...] [--body ...]',
    'explain SERVICE/METHOD [--metadata ...] [--message ...]',
    "explain 'COMMAND ...' --service NAME",
    'explain TOPIC --service NAME [--key ...] [--header ...] [--body ...]',
    'explain CODE',
  ]
  static override examples = [
    '<%= config.bin %> explain GET http://orders.test.example.com/orders/42',
    `<%= config.bin %> explain POST http://orders.test.example.com/orders --body '{"amount": 20000}'`,
    `<%= config.bin %> explain acme.Inventory/Get --message '{"sku": "a"}'`,
    "<%= config.bin %> explain 'GET user:1' --service cache",
    `<%= config.bin %> explain orders --service events --body '{"amount": 20000}'`,
    '<%= config.bin %> explain PORT_IN_USE',
  ]
  static override args = {
    what: Args.string({
      required: true,
      description: 'a method of HTTP or gRPC, a command of Redis, a topic of Kafka, or an error code',
    }),
    url: Args.string({ description: 'where the call goes' }),
  }
  static override flags = {
    body: Flags.string({ helpValue: '<text>', summary: "the call's body; @file reads it from a file" }),
    header: Flags.string({
      char: 'H',
      helpValue: "'name: value'",
      multiple: true,
      multipleNonGreedy: true,
      summary: 'a header; may be repeated',
    }),
    key: Flags.string({ summary: "Kafka: the record's key" }),
    message: Flags.string({
      helpValue: '<json>',
      summary: 'gRPC: the message, or the list of a stream; @file reads it from a file',
    }),
    metadata: Flags.string({
      helpValue: "'name: value'",
      multiple: true,
      multipleNonGreedy: true,
      summary: 'gRPC: metadata; may be repeated',
    }),
    service: Flags.string({
      helpValue: '<name>',
      summary: 'gRPC: the service, where several know the method; Redis, Kafka: the service',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    if (args.url === undefined && !isRpc(args.what) && flags.service === undefined) {
      this.printCode(args.what)
      return
    }
    const call = callOf(args, flags)
    // Explaining a code needs none of these.
    const { openWorkspace } = await import('../app/workspace.ts')
    const { openLibrary } = await import('../app/library.ts')
    const { config } = openWorkspace({ cwd: process.cwd(), configPath: flags.config, env: process.env })
    const view = await (await openLibrary(config)).explain(call)
    this.out.document(view)
    this.out.print(renderExplain(view, this.out.style))
  }

  private printCode(text: string): void {
    const { out } = this
    const entry = explainCode(text)
    out.document(entry)
    out.print(
      `${out.style.bold(entry.code)}  ${out.style.dim(`${entry.fault}, exit code ${entry.exitCode}`)}`,
    )
    out.print(entry.summary)
    out.print(`${out.style.cyan('hint:')} ${entry.hint}`)
  }
}

interface CallFlags {
  readonly body: string | undefined
  readonly key: string | undefined
  readonly header: string[] | undefined
  readonly message: string | undefined
  readonly metadata: string[] | undefined
  readonly service: string | undefined
}

const callOf = (
  { what, url }: { readonly what: string; readonly url: string | undefined },
  flags: CallFlags,
) => {
  const { service, message, metadata = [], header = [], body } = flags
  if (url !== undefined) return readExplainedCall({ method: what, url, headers: header, body })
  if (isRpc(what)) return readExplainedRpc({ operation: what, service, metadata, message })
  return readExplainedCommand({ service: service!, command: what, headers: header, key: flags.key, body })
}
