/** What `record` shows while it goes on. Returns a function that ends it. */
import { remoteAddresses } from '../app/remote.ts'
import type { Running } from '../app/running.ts'
import type { Output } from './output.ts'
import { startProgress } from './progress.ts'
import { readyLine, renderReady, renderRemoteWarning } from './ready.ts'
import { progressText } from './recording-progress.ts'
import { renderProblems } from './render-problems.ts'
import { renderFirstViolation } from './render-violation.ts'

const jsonEveryMs = 1_000

export interface RecordingIntro {
  /** Where fixtures go, as people write it. */
  readonly folder: string
  readonly mode: string
  readonly learn: boolean
  readonly strict: boolean
}

export const printRecording = (out: Output, running: Running, intro: RecordingIntro): (() => void) => {
  const problems = running.problems()
  if (problems.length > 0) out.log(renderProblems(problems, out.errorStyle))
  const remote = remoteAddresses(running)
  if (remote.length > 0) out.warn(renderRemoteWarning(remote, out.errorStyle))
  out.line(readyLine(running))
  // With --learn stdout is for the diff.
  const [style, width] = intro.learn ? [out.errorStyle, out.errorWidth] : [out.style, out.width]
  const ready = `${renderReady(running, [], style, width)}\n\n${introText(running, intro)}`
  if (intro.learn) out.log(ready)
  else if (!out.quiet) out.print(ready)
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
    running.on('violation', (first) => progress.say(renderFirstViolation(first, out.errorStyle))),
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

/** What happens now, for somebody who does it for the first time. */
const introText = (running: Running, { folder, mode, learn, strict }: RecordingIntro): string => {
  const [example] = running
    .services()
    .flatMap(({ mode: treated, hosts }) => (treated === 'record' ? hosts : []))
  const host = example?.replace('*', 'any') ?? 'your-service'
  return [
    learn
      ? 'learning: no fixtures are written, only what desensitize.yaml might say'
      : mode === 'none'
        ? 'nothing is written but the report (--record none)'
        : `recording into ${folder}/: ${modeWords[mode] ?? ''} (--record ${mode})${strict ? ', at the end (--strict)' : ''}`,
    `use your program through the proxy now, or: curl -x http://${running.listen} http://${host}/`,
    'Ctrl-C ends it',
  ].join('\n')
}

const modeWords: Readonly<Record<string, string>> = {
  once: 'operations that have a file there are left alone',
  new_episodes: 'requests that files do not have are added',
  all: 'files that are there are written anew',
}
