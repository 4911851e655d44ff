/** Starts the script process and speaks with it in lines. It gets no environment, and may read files but neither write nor start anything. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { jsonLines } from './lines.ts'
import type { FromHost, Limits, ToHost } from './messages.ts'

/** The published program carries both as files of its own; from the sources the packages are those of the last build. */
const entries = ['../script/host.js', './host/main.ts']
const packageFolders = ['../packages', '../../dist/packages']

const firstThere = (candidates: readonly string[]): string => {
  const paths = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return paths.find((path) => existsSync(path)) ?? paths[0]!
}

export class ScriptProcess {
  readonly #child: ChildProcess
  readonly #lines: string[] = []

  constructor(limits: Limits, take: (message: FromHost) => void, ended: () => void) {
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
        JSON.stringify(limits),
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
    this.#child.stdout!.on('data', jsonLines(take))
    // It must not keep the program alive.
    this.#child.unref()
    for (const stream of [this.#child.stdin, this.#child.stdout])
      if (stream !== null && 'unref' in stream) (stream as unknown as { unref(): void }).unref()
  }

  /** What is sent in one turn of the loop leaves in one write. */
  send(message: ToHost): void {
    if (this.#lines.length === 0) setImmediate(() => this.#child.stdin!.write(this.#lines.splice(0).join('')))
    this.#lines.push(`${JSON.stringify(message)}\n`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
