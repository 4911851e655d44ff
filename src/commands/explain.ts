/** svc-mock explain: which mock answers a call and why, or what an error code means. */
import { Args, Flags } from '@oclif/core'
import { explainCode } from '../app/explain-code.ts'
import { BaseCommand } from '../cli/command.ts'
import { isRpc, readExplainedCall, readExplainedRpc } from '../cli/explained-call.ts'
import { renderExplain } from '../cli/render-explain.ts'

export default class Explain extends BaseCommand {
  static override summary = 'say which mock answers a call and why, or what an error code means'
  static override usage = [
    'explain METHOD URL [--header ...] [--body ...]',
    'explain SERVICE/METHOD [--metadata ...] [--message ...]',
    'explain CODE',
  ]
  static override examples = [
    '<%= config.bin %> explain GET http://orders.test.example.com/orders/42',
    `<%= config.bin %> explain POST http://orders.test.example.com/orders --body '{"amount": 20000}'`,
    `<%= config.bin %> explain acme.Inventory/Get --message '{"sku": "a"}'`,
    '<%= config.bin %> explain PORT_IN_USE',
  ]
  static override args = {
    what: Args.string({ required: true, description: 'a method of HTTP or gRPC, or an error code' }),
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
      summary: 'gRPC: the service, where several know the method',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    if (args.url === undefined && !isRpc(args.what)) {
      this.printCode(args.what)
      return
    }
    const call =
      args.url === undefined
        ? readExplainedRpc({
            operation: args.what,
            service: flags.service,
            metadata: flags.metadata ?? [],
            message: flags.message,
          })
        : readExplainedCall({
            method: args.what,
            url: args.url,
            headers: flags.header ?? [],
            body: flags.body,
          })
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
