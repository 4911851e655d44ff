/** svc-mock can-i-deploy: may this version go where others run? */
import { Flags } from '@oclif/core'
import { buildVersion, canIDeploy, readStore } from '../app/handover/view.ts'
import { BaseCommand } from '../cli/command.ts'
import { nameFlag, nameOf } from '../cli/contract-name.ts'
import { storeOf } from '../cli/contracts-flags.ts'
import { renderProblems } from '../cli/render-problems.ts'
import { renderDeployable } from '../cli/render-store.ts'
import { exitCodes } from '../core/errors.ts'

export default class CanIDeploy extends BaseCommand {
  static override summary = 'say whether a version may go where others run'
  static override description =
    'As a consumer: have the versions of its providers that run there verified its contracts? As a provider: has it verified the contracts of the consumers that run there? Exit 0 if all have, 1 if not.'
  static override examples = [
    '<%= config.bin %> can-i-deploy --to production --contracts ../contracts',
    '<%= config.bin %> can-i-deploy --to production --contracts git@example.com:team/contracts.git --name orders --version 1.4.2',
  ]
  static override flags = {
    contracts: Flags.string({
      required: true,
      helpValue: '<folder|git url>',
      summary: 'where contracts and results are',
    }),
    ...nameFlag,
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
    const answer = await readStore(storeOf('--contracts', flags.contracts, place.cwd), place, (folder) =>
      canIDeploy(folder, question),
    )
    this.out.document(answer)
    this.out.print(renderDeployable(answer, this.out.style, this.out.width))
    if (answer.problems.length > 0 && !this.out.json)
      this.out.warn(renderProblems(answer.problems, this.out.errorStyle))
    this.exitWith(answer.problems.length > 0 ? exitCodes.user : answer.deployable ? 0 : exitCodes.check)
  }
}
