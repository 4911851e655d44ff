/** svc-mock pact match: one expected and one actual message by Pact's rules, or many, one a line. */
import { Args, Flags } from '@oclif/core'
import { caseKinds, matchLines, matchOne, specVersions } from '../../app/pact/match-cases.ts'
import { BaseCommand } from '../../cli/command.ts'

export default class PactMatch extends BaseCommand {
  static override summary = "hold what came against what was expected, by Pact's matching rules"
  static override description =
    'A case is { "expected": …, "actual": … }, as in the test cases of the Pact specification. The answer is JSON.'
  static override examples = [
    '<%= config.bin %> pact match case.json --kind response --spec 3',
    '<%= config.bin %> pact match --ndjson < cases.ndjson',
  ]
  static override args = {
    // oclif would take standard input for the name of the file.
    file: Args.string({ description: 'the case; - or none: standard input', ignoreStdin: true }),
  }
  static override flags = {
    kind: Flags.string({
      options: [...caseKinds],
      summary: 'what is compared; default: told by the keys of expected',
    }),
    ndjson: Flags.boolean({
      summary: 'many cases, one a line, one answer a line; a line may have its own kind and spec',
    }),
    spec: Flags.string({
      options: specVersions.map(String),
      summary: 'version of the Pact specification',
      default: '4',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PactMatch)
    const input = { file: args.file, stdin: process.stdin }
    const defaults = {
      kind: caseKinds.find((kind) => kind === flags.kind),
      spec: specVersions.find((version) => String(version) === flags.spec),
    }
    if (!flags.ndjson) {
      const answer = await matchOne(input, defaults)
      this.out.result(answer)
      if (!answer.match) this.exitWith(1)
      return
    }
    let code = 0
    for await (const answer of matchLines(input, defaults)) {
      this.out.resultLine(answer)
      if ('error' in answer) code = 2
      else if (!answer.match && code === 0) code = 1
    }
    this.exitWith(code)
  }
}
