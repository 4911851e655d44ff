/** svc-mock calls: the last calls of a running proxy. */
import { Flags } from '@oclif/core'
import { lastCalls } from '../app/calls.ts'
import { openWorkspace } from '../app/workspace.ts'
import { renderCall } from '../cli/call-line.ts'
import { BaseCommand } from '../cli/command.ts'
import { pidFlag } from '../cli/workspace-flags.ts'

export default class Calls extends BaseCommand {
  static override summary = 'show the last calls of a running svc-mock'
  static override examples = [
    '<%= config.bin %> calls',
    '<%= config.bin %> calls --miss',
    '<%= config.bin %> calls --violations',
  ]
  static override flags = {
    ...pidFlag,
    miss: Flags.boolean({ summary: 'only calls that no mock matched' }),
    violations: Flags.boolean({ summary: 'only calls that broke the contract of their service' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Calls)
    const { config } = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      packages: 'any',
    })
    const calls = await lastCalls({
      root: config.root,
      pid: flags.pid,
      miss: flags.miss,
      violations: flags.violations,
    })
    this.out.document({ calls })
    for (const call of calls) this.out.print(renderCall(call, this.out.style))
    if (calls.length === 0) this.out.print(nothing(flags))
  }
}

const nothing = ({ miss, violations }: { readonly miss: boolean; readonly violations: boolean }): string => {
  if (violations) return 'no call broke a contract'
  return miss ? 'every call found its mock' : 'no calls yet'
}
