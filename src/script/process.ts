/** Starts the script process and speaks with it. It gets no environment, and may read files but neither write nor start anything. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodeMessage, messageReader, toHost } from './messages.ts'

/** The published program carries both as files of its own; from the sources the packages are those of the last build. */
const entries = ['../script/host.js', './host/main.ts']
const packageFolders = ['../packages', '../../dist/packages']

const firstThere = (candidates: readonly string[]): string => {
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find((path) => existsSync(path)) ?? paths[0]!
}

/** As long as the process says nothing, what was sent to it has not been looked at; then it is asked again. */
const quietMs = 1

export class ScriptProcess {
  readonly #child: ChildProcess
  #waiting = ''
  /** A write that nothing has been heard since: what comes meanwhile is kept together, because writes cost most. */
  #unheard = false
  #scheduled = false
  readonly #quiet: NodeJS.Timeout
  /** How often it was asked for a sign of life since the last one; undefined before the first. */
  #asked: number | undefined

  /** `stillClock`: each run is told what time it is, and sleeping takes none. */
  constructor(
    { stillClock }: { readonly stillClock: boolean },
    take: (message: string) => void,
    ended: () => void,
  ) {
    const { SystemRoot } = process.env
    this.#child = spawn(
      process.execPath,
      [
        '--permission',
        '--allow-addons',
        '--allow-fs-read=*',
        '--disable-warning=SecurityWarning',
        '--disable-warning=ExperimentalWarning',
        firstThere(entries),
        firstThere(packageFolders),
        ...(stillClock ? ['still'] : []),
      ],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: SystemRoot === undefined ? {} : { SystemRoot },
        windowsHide: true,
      },
    )
    this.#quiet = setTimeout(() => this.#heard(), quietMs)
    this.#quiet.unref()
    this.#child.on('error', ended)
    this.#child.on('close', ended)
    this.#child.stdin!.on('error', () => undefined)
    this.#child.stdout!.setEncoding('utf8')
    const read = messageReader(take)
    this.#child.stdout!.on('data', (text: string) => {
      this.#asked = 0
      // The process has the next while this one's answers are written.
      this.#unheard = false
      if (this.#waiting !== '') this.#write()
      read(text)
    })
    // It must not keep the program alive.
    this.#child.unref()
    for (const stream of [this.#child.stdin, this.#child.stdout])
      if (stream !== null && 'unref' in stream) (stream as unknown as { unref(): void }).unref()
  }

  send(texts: readonly (string | number)[]): void {
    this.#waiting += encodeMessage(texts)
    this.#schedule()
  }

  /**
   * Asked at regular intervals: whether nothing has come from it for so many of them, although it was asked. Not by the
   * clock, because a laptop that slept wakes hours later. One that is starting is given its time.
   */
  isDeaf(intervals: number): boolean {
    if (this.#asked === undefined) return false
    if (this.#asked++ === 1) this.send([toHost.ping])
    return this.#asked > intervals + 1
  }

  kill(): void {
    clearTimeout(this.#quiet)
    this.#child.kill('SIGKILL')
  }

  #heard(): void {
    this.#unheard = false
    this.#schedule()
  }

  /** What is sent in one turn of the loop leaves in one write. */
  #schedule(): void {
    if (this.#scheduled || this.#unheard || this.#waiting === '') return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#waiting !== '') this.#write()
    })
  }

  #write(): void {
    this.#unheard = true
    this.#quiet.refresh()
    this.#child.stdin!.write(this.#waiting)
    this.#waiting = ''
  }
}
