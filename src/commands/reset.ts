/** svc-mock reset: scenarios, counts, sequences, what scripts keep and embedded caches begin again. */
import { Flags } from '@oclif/core'
import { reset } from '../app/reset.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { pidFlag } from '../cli/workspace-flags.ts'

export default class Reset extends BaseCommand {
  static override summary =
    'begin scenarios, counts, sequences, script state and embedded caches of a running svc-mock again'
  static override examples = ['<%= config.bin %> reset', '<%= config.bin %> reset --scenario checkout']
  static override flags = {
    ...pidFlag,
    scenario: Flags.string({ helpValue: '<name>', summary: 'only this scenario and the mocks in it' }),
    tenant: Flags.string({ helpValue: '<name>', summary: 'only of this tenant; default: of all' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Reset)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const { scenario, pid, tenant } = flags
    const { scenarios, counters, values, embedded } = await reset({
      root: config.root,
      pid,
      scenario,
      tenant,
    })
    this.out.document({
      scenario,
      ...(tenant !== undefined && { tenant }),
      scenarios,
      counters,
      values,
      ...(embedded !== undefined && { embedded }),
    })
    const what = scenario === undefined ? 'everything is' : `scenario ${scenario} is`
    this.out.print(
      `${this.out.style.green(what)} as after a start; scenarios that had moved: ${scenarios}, counts: ${counters}, values kept by scripts: ${values}${embedded === undefined ? '' : `, keys and messages in embedded servers: ${embedded}`}`,
    )
  }
}
