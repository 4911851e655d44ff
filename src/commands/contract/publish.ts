/** svc-mock contract publish: what the tests used, where providers find it. */
import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { buildBranch, buildVersion, parseTarget, publishContracts } from '../../app/handover/view.ts'
import { brokerFromEnv } from '../../app/pact/broker-env.ts'
import { publishContractsToBroker } from '../../app/pact/publish-contracts.ts'
import { BaseCommand } from '../../cli/command.ts'
import { nameFlag, nameOf } from '../../cli/contract-name.ts'
import { orGit, storeOf } from '../../cli/contracts-flags.ts'
import { printPublishedPacts } from '../../cli/render-pact.ts'
import { renderPublished } from '../../cli/render-store.ts'
import { SvcMockError } from '../../core/errors.ts'

export default class ContractPublish extends BaseCommand {
  static override summary = 'hand contracts over to providers, by a folder, a git repository or a Pact Broker'
  static override description =
    'Takes the files that svc-mock run --contract wrote, and puts them under <provider>/<consumer>/<branch>.yaml, with the version that they belong to. A Pact Broker gets them as Pact files.'
  static override examples = [
    '<%= config.bin %> contract publish --to ../contracts',
    '<%= config.bin %> contract publish --to git@example.com:team/contracts.git --version $GITHUB_SHA --branch main',
    '<%= config.bin %> contract publish --to https://broker.example.com --build-url $BUILD_URL',
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
    'build-url': Flags.string({ helpValue: '<url>', summary: 'of this build, shown in a broker' }),
    merge: Flags.boolean({ summary: 'of a broker: adds to what this version has there already' }),
    tag: Flags.string({ multiple: true, helpValue: '<name>', summary: 'of the version, in a broker' }),
    to: Flags.string({ required: true, helpValue: '<folder|git url|broker>', summary: 'where they go' }),
    version: Flags.string({ helpValue: '<version>', summary: 'of the consumer; default: the commit' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ContractPublish)
    const place = { cwd: process.cwd(), env: process.env }
    const branch = await buildBranch(flags, place)
    if (branch === undefined)
      throw new SvcMockError('FLAG_INVALID', 'nothing says which branch this is', {
        hint: 'say --branch <name> or SVC_MOCK_BRANCH; git is on none, and no CI system tells',
      })
    const wishes = {
      folder: resolve(args.folder),
      consumer: nameOf(flags),
      version: await buildVersion({ version: flags.version, branch }, place),
      branch,
    }
    if (parseTarget(flags.to, place.cwd).kind === 'broker') {
      const { credentials } = brokerFromEnv(process.env)
      const done = await orGit(flags.to, place.cwd, () =>
        publishContractsToBroker({
          ...wishes,
          url: flags.to,
          credentials,
          tags: flags.tag ?? [],
          buildUrl: flags['build-url'],
          merge: flags.merge,
          program: this.config.version,
        }),
      )
      this.out.document(done)
      printPublishedPacts(this.out, wishes.version, done)
      return
    }
    const published = await publishContracts(storeOf('--to', flags.to, place.cwd), wishes, place)
    this.out.document(published)
    this.out.print(renderPublished(published, this.out.style))
  }
}
