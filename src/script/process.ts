/** Starts the script process and speaks with it. It gets no environment, and may read files but neither write nor start anything. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encodeMessage, messageReader } from './messages.ts'

/** The published program carries both as files of its own; from the sources the packages are those of the last build. */
const entries = ['../script/host.js', './host/main.ts']
const packageFolders = ['../packages', '../../dist/packages']

const firstThere = (candidates: readonly string[]): string => {
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find((path) => existsSync(path)) ?? paths[0]!
}

export class ScriptProcess {
  readonly #child: ChildProcess
  #waiting = ''

  constructor(take: (texts: string[]) => void, ended: () => void) {
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
      ],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: SystemRoot === undefined ? {} : { SystemRoot },
        windowsHide: true,
      },
    )
    this.#child.on('error', ended)
    this.#child.on('close', ended)
    this.#child.stdin!.on('error', () => undefined)
    this.#child.stdout!.setEncoding('utf8')
    this.#child.stdout!.on('data', messageReader(take))
    // It must not keep the program alive.
    this.#child.unref()
    for (const stream of [this.#child.stdin, this.#child.stdout])
      if (stream !== null && 'unref' in stream) (stream as unknown as { unref(): void }).unref()
  }

  /** What is sent in one turn of the loop leaves in one write. */
  send(texts: readonly (string | number)[]): void {
    if (this.#waiting === '')
      setImmediate(() => {
        const text = this.#waiting
        this.#waiting = ''
        this.#child.stdin!.write(text)
      })
    this.#waiting += encodeMessage(texts)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
