/** svc-mock contract deployed: which version runs where. */
import { Flags } from '@oclif/core'
import { buildVersion, recordDeployment } from '../../app/handover/view.ts'
import { BaseCommand } from '../../cli/command.ts'
import { nameFlag, nameOf } from '../../cli/contract-name.ts'
import { storeOf } from '../../cli/contracts-flags.ts'

export default class ContractDeployed extends BaseCommand {
  static override summary = 'tell which version of a service runs in an environment'
  static override description =
    'From then on can-i-deploy asks for that version, and verify --environment takes its contracts. The version before it is forgotten.'
  static override examples = [
    '<%= config.bin %> contract deployed --environment production --to ../contracts',
    '<%= config.bin %> contract deployed --environment production --name orders --gone --to ../contracts',
  ]
  static override flags = {
    environment: Flags.string({ required: true, helpValue: '<name>', summary: 'where it runs' }),
    gone: Flags.boolean({ exclusive: ['version'], summary: 'no version runs there any more' }),
    ...nameFlag,
    to: Flags.string({ required: true, helpValue: '<folder|git url>', summary: 'whom to tell' }),
    version: Flags.string({ helpValue: '<version>', summary: 'default: the commit' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ContractDeployed)
    const place = { cwd: process.cwd(), env: process.env }
    const deployed = await recordDeployment(
      storeOf('--to', flags.to, place.cwd),
      {
        name: nameOf(flags),
        environment: flags.environment,
        version: flags.gone
          ? undefined
          : await buildVersion({ version: flags.version, branch: undefined }, place),
      },
      place,
    )
    const { name, version, environment } = deployed
    this.out.document({ ...deployed, version: version ?? null })
    this.out.print(
      version === undefined
        ? `${name} does not run in ${environment} any more`
        : `${name} ${version} runs in ${environment}`,
    )
  }
}
