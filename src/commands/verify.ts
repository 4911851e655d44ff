/** svc-mock verify: do the mocks still tell the truth? */
import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/command.ts'
import { splitCommand } from '../cli/run-output.ts'
import { verifyFlags } from '../cli/verify/flags.ts'
import { wayOf } from '../cli/verify/ways.ts'

export default class Verify extends BaseCommand {
  static override summary = 'check that mocks still tell the truth'
  static override description =
    "With --spec every mock, call and answer, is held against the OpenAPI file or the definitions that svc-mock.yaml names for its service; no provider has to run. With --provider the calls that mocks describe are sent to the real service, and its replies are held against the mocks; with --contracts or --pact beside it, what consumers expect is asked instead, and no workspace is needed. With --passive the provider's own tests call it through a proxy, and what it answers is held against the mocks that those calls meet, or with --contracts against what consumers used."
  static override examples = [
    '<%= config.bin %> verify --spec',
    '<%= config.bin %> verify --spec mocks/orders --junit reports/contracts.xml',
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --service orders --state-url http://127.0.0.1:8080/_states',
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --contracts ../contracts --as orders --publish-results',
    '<%= config.bin %> verify --passive --provider http://127.0.0.1:8080 -- npm test',
    '<%= config.bin %> verify --passive --provider http://127.0.0.1:8080 --contracts ../contracts --as orders -- npm test',
    "<%= config.bin %> verify --provider https://orders.test.example.com --header 'authorization: Bearer …' --baseline violations.lock",
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --pact pacts --state-url http://127.0.0.1:8080/_states',
    '<%= config.bin %> verify --provider http://127.0.0.1:8080 --pact https://broker.example.com --service orders --main-branch --deployed-or-released --enable-pending --provider-branch main --provider-version $GIT_COMMIT --publish-results',
  ]
  static override args = {
    paths: Args.string({ description: 'with --spec: files or folders; all of the library if none' }),
  }
  static override flags = verifyFlags
  static override strict = false

  async run(): Promise<void> {
    // What stands behind -- is the tests' own.
    const { own, command } = this.isPassive()
      ? splitCommand(this.argv, 'verify --passive')
      : { own: this.argv, command: [] }
    const { argv, flags } = await this.parse(Verify, [...own])
    const asked = {
      flags,
      args: argv.map(String),
      command,
      out: this.out,
      version: this.config.version,
      cwd: process.cwd(),
      env: process.env,
    }
    this.exitWith(await wayOf(asked)(asked))
  }

  private isPassive(): boolean {
    const end = this.argv.indexOf('--')
    return this.argv.slice(0, end < 0 ? this.argv.length : end).includes('--passive')
  }
}
