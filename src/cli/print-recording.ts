/** What `record` shows while it goes on. Returns a function that ends it. */
import { remoteAddresses } from '../app/remote.ts'
import type { Running } from '../app/running.ts'
import type { Output } from './output.ts'
import { startProgress } from './progress.ts'
import { readyLine, renderReady, renderRemoteWarning } from './ready.ts'
import { progressText } from './recording-progress.ts'
import { renderProblems } from './render-problems.ts'

const jsonEveryMs = 1_000

export const printRecording = (out: Output, running: Running, learns = false): (() => void) => {
  const problems = running.problems()
  if (problems.length > 0) out.log(renderProblems(problems, out.errorStyle))
  const remote = remoteAddresses(running)
  if (remote.length > 0) out.warn(renderRemoteWarning(remote, out.errorStyle))
  out.line(readyLine(running))
  // With --learn stdout is for the diff.
  if (learns) out.log(renderReady(running, [], out.errorStyle, out.errorWidth))
  else if (!out.quiet) out.print(renderReady(running, [], out.style, out.width))
  const progress = startProgress(out, process.stderr, (columns) => {
    const view = running.recording()
    return view === undefined ? '' : progressText(view.numbers, columns)
  })
  const timer = out.json ? setInterval(() => line(out, running), jsonEveryMs) : undefined
  const stops = [
    running.on('notice', (text) => {
      out.line({ type: 'notice', text })
      progress.say(out.errorStyle.yellow(text))
    }),
    running.on('call', ({ service, operation, status, error, outcome }) => {
      if (outcome === 'error' || outcome === 'miss')
        progress.say(`${service} ${operation} ${status} ${error ?? ''}`)
    }),
  ]
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
    progress.end()
  }
}

const line = (out: Output, running: Running): void => {
  const numbers = running.recording()?.numbers
  if (numbers !== undefined) out.line({ type: 'recording', ...numbers })
}
