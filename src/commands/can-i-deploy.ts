/** svc-mock can-i-deploy: may this version go where others run? */
import { Flags } from '@oclif/core'
import { buildVersion, canIDeploy, parseTarget, readStore } from '../app/handover/view.ts'
import { brokerFromEnv } from '../app/pact/broker-env.ts'
import { canIDeploy as askBroker, deployAnswer } from '../app/pact/can-i-deploy.ts'
import { BaseCommand } from '../cli/command.ts'
import { nameFlag, nameOf } from '../cli/contract-name.ts'
import { orGit, storeOf } from '../cli/contracts-flags.ts'
import { durationFlag } from '../cli/record-flags.ts'
import { renderProblems } from '../cli/render-problems.ts'
import { renderDeployable } from '../cli/render-store.ts'
import { exitCodes, SvcMockError } from '../core/errors.ts'

export default class CanIDeploy extends BaseCommand {
  static override summary = 'say whether a version may go where others run'
  static override description =
    'As a consumer: have the versions of its providers that run there verified its contracts? As a provider: has it verified the contracts of the consumers that run there? Exit 0 if all have, 1 if not.'
  static override examples = [
    '<%= config.bin %> can-i-deploy --to production --contracts ../contracts',
    '<%= config.bin %> can-i-deploy --to production --contracts git@example.com:team/contracts.git --name orders --version 1.4.2',
    '<%= config.bin %> can-i-deploy --to production --contracts https://broker.example.com --retry-while-unknown 12',
  ]
  static override flags = {
    contracts: Flags.string({
      helpValue: '<folder|git url|broker>',
      summary: 'where contracts and results are; default: the Pact Broker of PACT_BROKER_BASE_URL',
    }),
    ...nameFlag,
    'retry-interval': Flags.string({ helpValue: '<duration>', summary: 'of a broker; default 10s' }),
    'retry-while-unknown': Flags.integer({
      min: 0,
      helpValue: '<times>',
      summary: 'asks a broker again while results are missing',
    }),
    to: Flags.string({ required: true, helpValue: '<environment>', summary: 'where it is to go' }),
    version: Flags.string({ helpValue: '<version>', summary: 'default: the commit' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(CanIDeploy)
    const place = { cwd: process.cwd(), env: process.env }
    const question = {
      name: nameOf(flags),
      version: await buildVersion({ version: flags.version, branch: undefined }, place),
      environment: flags.to,
    }
    const where = flags.contracts ?? brokerFromEnv(process.env).url
    if (where === undefined)
      throw new SvcMockError('FLAG_INVALID', 'nothing says where contracts and results are', {
        hint: 'say --contracts <folder, git url or Pact Broker>, or set PACT_BROKER_BASE_URL',
      })
    const answer =
      parseTarget(where, place.cwd).kind === 'broker'
        ? await orGit(where, place.cwd, () => this.broker(where, question))
        : await readStore(storeOf('--contracts', where, place.cwd), place, (folder) =>
            canIDeploy(folder, question),
          )
    this.out.document(answer)
    this.out.print(renderDeployable(answer, this.out.style, this.out.width))
    if (answer.problems.length > 0 && !this.out.json)
      this.out.warn(renderProblems(answer.problems, this.out.errorStyle))
    this.exitWith(answer.problems.length > 0 ? exitCodes.user : answer.deployable ? 0 : exitCodes.check)
  }

  private async broker(
    url: string,
    question: { readonly name: string; readonly version: string; readonly environment: string },
  ) {
    const { flags } = await this.parse(CanIDeploy)
    const found = await askBroker({
      url,
      credentials: brokerFromEnv(process.env).credentials,
      pacticipant: question.name,
      selector: { version: question.version },
      to: { environment: question.environment },
      ignore: [],
      retryWhileUnknown: flags['retry-while-unknown'] ?? 0,
      retryIntervalMs: durationFlag('retry-interval', flags['retry-interval']) ?? 10_000,
      waiting: (unknown, left) =>
        this.out.log(`results missing: ${unknown}; asking again, ${left} times at most`),
    })
    return deployAnswer(question, found)
  }
}
