/** svc-mock run -- <command>: the command's calls pass through a proxy of its own. */
import { Flags } from '@oclif/core'
import { isSwitchedOff, refuseProduction } from '../app/production.ts'
import { remoteAddresses } from '../app/remote.ts'
import { type RunResult, runCommand, runPlain } from '../app/run/run.ts'
import { openWorkspace } from '../app/workspace.ts'
import { BaseCommand } from '../cli/command.ts'
import { announceRun, finishRun, splitCommand } from '../cli/run-output.ts'
import { caseFlag, proxyFlags, workspaceFlags } from '../cli/workspace-flags.ts'

export default class Run extends BaseCommand {
  static override summary = 'run a command whose calls pass through a proxy of its own'
  static override description =
    'Sets the proxy variables and <SERVICE>_URL for the command, ends with its exit code, and prints a receipt of its calls on stderr.'
  static override usage = 'run [FLAGS] -- COMMAND...'
  static override examples = [
    '<%= config.bin %> run -- npm test',
    '<%= config.bin %> run --strict -- npm test',
    '<%= config.bin %> run --strict --contract contracts/ -- npm test',
  ]
  static override flags = {
    ...proxyFlags,
    ...caseFlag,
    contract: Flags.string({
      helpValue: '<folder>',
      summary: 'write what the command used of its mocks as contracts with the services',
    }),
    'contract-merge': Flags.boolean({
      dependsOn: ['contract'],
      summary: 'keep in contracts what other runs have written',
    }),
  }
  static override strict = false

  async run(): Promise<void> {
    const { own, command } = splitCommand(this.argv)
    const { flags } = await this.parse(Run, own)
    if (isSwitchedOff(process.env)) {
      if (flags.contract !== undefined) this.out.warn('SVC_MOCK=off: no contract is written')
      this.exitWith(await runPlain(command, process.env))
      return
    }
    refuseProduction(process.env, flags['allow-node-env-production'])
    const workspace = openWorkspace({
      cwd: process.cwd(),
      configPath: flags.config,
      env: process.env,
      flags: workspaceFlags(flags),
    })
    const result: RunResult = await runCommand({
      ...workspace,
      seed: flags.seed,
      cases: flags.case,
      contract:
        flags.contract === undefined ? undefined : { folder: flags.contract, merge: flags['contract-merge'] },
      command,
      env: process.env,
      portGiven: flags.port !== undefined || flags.listen !== undefined,
      childStdout: this.out.json ? 'stderr' : 'inherit',
      ready: (running, env) => announceRun(this.out, { running, env, remote: remoteAddresses(running) }),
    })
    this.exitWith(finishRun(this.out, result, flags.strict))
  }
}
