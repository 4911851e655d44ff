/** svc-mock contract publish: what the tests used, where providers find it. */
import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { buildBranch, buildVersion, publishContracts } from '../../app/handover/view.ts'
import { BaseCommand } from '../../cli/command.ts'
import { nameFlag, nameOf } from '../../cli/contract-name.ts'
import { storeOf } from '../../cli/contracts-flags.ts'
import { renderPublished } from '../../cli/render-store.ts'
import { SvcMockError } from '../../core/errors.ts'

export default class ContractPublish extends BaseCommand {
  static override summary = 'hand contracts over to providers, by a folder or a git repository'
  static override description =
    'Takes the files that svc-mock run --contract wrote, and puts them under <provider>/<consumer>/<branch>.yaml, with the version that they belong to.'
  static override examples = [
    '<%= config.bin %> contract publish --to ../contracts',
    '<%= config.bin %> contract publish --to git@example.com:team/contracts.git --version $GITHUB_SHA --branch main',
  ]
  static override args = {
    folder: Args.string({
      description: 'where run --contract wrote',
      default: 'contracts',
      ignoreStdin: true,
    }),
  }
  static override flags = {
    branch: Flags.string({ helpValue: '<name>', summary: 'default: as git or the CI system say' }),
    ...nameFlag,
    to: Flags.string({ required: true, helpValue: '<folder|git url>', summary: 'where they go' }),
    version: Flags.string({ helpValue: '<version>', summary: 'of the consumer; default: the commit' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContractPublish)
    const place = { cwd: process.cwd(), env: process.env }
    const target = storeOf('--to', flags.to, place.cwd)
    const branch = await buildBranch(flags, place)
    if (branch === undefined)
      throw new SvcMockError('FLAG_INVALID', 'nothing says which branch this is', {
        hint: 'say --branch <name> or SVC_MOCK_BRANCH; git is on none, and no CI system tells',
      })
    const published = await publishContracts(
      target,
      {
        folder: resolve(args.folder),
        consumer: nameOf(flags),
        version: await buildVersion({ version: flags.version, branch }, place),
        branch,
      },
      place,
    )
    this.out.document(published)
    this.out.print(renderPublished(published, this.out.style))
  }
}
