/** Starts the real program, waits for what it says, and stops it by its own pid. No sleeps, no fixed ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

export interface SpawnOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** The program; default this one's own. */
  readonly path?: string
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const proxyVariables = /^(https?|all|no|grpc)_proxy$/i

/** Without proxies of the machine that runs the tests. */
const cleanEnv = (env: SpawnOptions['env']): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !proxyVariables.test(name))),
  NO_COLOR: '1',
  NODE_OPTIONS: '',
  ...env,
})

export class Program {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  stdout = ''
  stderr = ''
  readonly #waiting = new Set<() => void>()

  constructor(args: readonly string[], { cwd, env, input, path = program }: SpawnOptions) {
    this.child = spawn(process.execPath, [path, ...args], { cwd, env: cleanEnv(env) })
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#look()
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#look()
    })
    // A program may end without having read its input.
    this.child.stdin!.on('error', () => undefined).end(input ?? '')
    this.finished = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
        this.#look()
      })
    })
  }

  /** The first JSON line on stdout for which `wanted` holds; rejects when the program ends without it. */
  line<T extends object>(wanted: (value: T) => boolean): Promise<T> {
    return this.#when(() => this.lines<T>().find(wanted))
  }

  lines<T extends object>(): T[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as T)
  }

  /** Resolves when stdout and stderr together contain the text. */
  says(text: string | RegExp): Promise<true> {
    return this.#when(() => {
      const said = this.stdout + this.stderr
      return (typeof text === 'string' ? said.includes(text) : text.test(said)) || undefined
    })
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    return this.finished
  }

  #look(): void {
    for (const look of [...this.#waiting]) look()
  }

  #when<T>(read: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = read()
        if (value !== undefined) {
          this.#waiting.delete(look)
          resolve(value)
        }
      }
      this.#waiting.add(look)
      look()
      void this.finished.then(({ code, stderr }) => reject(new Error(`ended with ${code}: ${stderr}`)))
    })
  }
}

/** Runs a command to its end. */
export const runProgram = (args: readonly string[], options: SpawnOptions): Promise<Finished> =>
  new Program(args, options).finished

export interface Ready {
  readonly type: 'ready'
  readonly listen: string
  readonly services: readonly { readonly name: string; readonly listen: string | null }[]
}

export interface Started {
  readonly program: Program
  readonly ready: Ready
}

/** `svc-mock start --port 0 --json`, listening. */
export const startProgram = async (options: SpawnOptions, args: readonly string[] = []): Promise<Started> => {
  const program = new Program(['start', '--port', '0', '--json', ...args], options)
  return { program, ready: await program.line<Ready>(({ type }) => type === 'ready') }
}
