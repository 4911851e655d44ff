/** What `run` prints around the command. Without --json all of it goes to stderr: stdout is the command's. */
import type { ProxyEnv } from '../app/env/proxy-env.ts'
import type { RunResult } from '../app/run/run.ts'
import type { Running } from '../app/running.ts'
import { SvcMockError } from '../core/errors.ts'
import { printLive } from './live.ts'
import type { Output } from './output.ts'
import { insecureLines, readyLine, renderRemoteWarning } from './ready.ts'
import { renderReceipt } from './receipt.ts'
import { renderHandOver } from './render-handover.ts'
import { renderProblems } from './render-problems.ts'

/** Only the `--` tells whose flags are whose. */
export const splitCommand = (argv: readonly string[], name = 'run'): { own: string[]; command: string[] } => {
  const at = argv.indexOf('--')
  const command = at === -1 ? [] : argv.slice(at + 1)
  if (command.length > 0) return { own: argv.slice(0, at), command }
  const words = argv.filter((word) => !word.startsWith('-')).join(' ')
  throw new SvcMockError('FLAG_INVALID', `${name} needs a command after --`, {
    hint:
      words === ''
        ? `for example: svc-mock ${name} -- npm test`
        : `did you mean svc-mock ${name} -- ${words}?`,
  })
}

interface Announcement {
  readonly running: Running
  readonly env: ProxyEnv
  readonly remote: readonly string[]
}

/** Calls that went well are only counted: the command's own output is what people read. */
export const announceRun = (out: Output, { running, env, remote }: Announcement): (() => void) => {
  const style = out.errorStyle
  const problems = running.problems()
  if (problems.length > 0) out.log(renderProblems(problems, style))
  if (remote.length > 0) out.warn(renderRemoteWarning(remote, style))
  for (const entry of env.noProxy.dropped) {
    out.log(style.yellow(`NO_PROXY: ${entry} is left out, because it would hide a host of a service`))
  }
  // Whoever misses these looks for the reason of failing handshakes in the wrong place.
  for (const note of env.notes) out.warn(style.yellow(note))
  for (const line of insecureLines(running.services(), style)) out.log(line)
  out.line(readyLine(running))
  if (!out.json) out.log(style.dim(`svc-mock listens on http://${running.listen}`))
  return printLive({
    running,
    out,
    stream: process.stderr,
    shown: ({ outcome }) => outcome === 'miss' || outcome === 'error',
  })
}

/** Prints the receipt and says with which code to end; throws RUN_IMPURE when only --strict objects. */
export const finishRun = (
  out: Output,
  { exitCode, receipt, contract }: RunResult,
  strict: boolean,
): number => {
  out.line({ type: 'receipt', ...receipt, bypassed: receipt.bypassed ?? null })
  if (!out.json) out.log(renderReceipt(receipt, out.errorStyle, out.errorWidth))
  if (contract !== undefined) {
    out.line({ type: 'contract', ...contract })
    if (!out.json) out.log(renderHandOver(contract, out.errorStyle))
  }
  if (exitCode === 0 && strict && !receipt.pure) {
    const misses = receipt.missed.reduce((n, { calls }) => n + calls, 0)
    const unknown = receipt.unknown.reduce((n, { calls }) => n + calls, 0)
    const bypassed = receipt.bypassed?.length ?? 0
    const parts = [
      misses > 0 && `${misses} without a mock`,
      unknown > 0 && `${unknown} to unknown hosts`,
      bypassed > 0 && `${bypassed} peers that bypassed svc-mock`,
      receipt.contracts.broken > 0 && `${receipt.contracts.broken} that broke a contract`,
    ]
    throw new SvcMockError(
      'RUN_IMPURE',
      `under --strict the command made calls: ${parts.filter(Boolean).join(', ')}`,
    )
  }
  return exitCode
}
