/**
 * What a command may print: results on stdout, remarks on stderr. Under --json stdout carries JSON only;
 * under --quiet remarks are dropped. Everything that reaches a stream goes through here or through CallWriter.
 */
import { colorStyle, plainStyle, type Style, wantsColor } from './style.ts'

export interface Streams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
}

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly noColor: boolean
}

export class Output {
  readonly json: boolean
  readonly quiet: boolean
  /** For text on stdout. */
  readonly style: Style
  /** For text on stderr. */
  readonly errorStyle: Style
  readonly #streams: Streams

  constructor(
    options: OutputOptions,
    streams: Streams = process,
    env: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    this.json = options.json
    this.quiet = options.quiet
    this.#streams = streams
    const styleFor = (stream: { readonly isTTY?: boolean }): Style =>
      wantsColor({ isTerminal: stream.isTTY === true, noColorFlag: options.noColor, env })
        ? colorStyle
        : plainStyle
    this.style = styleFor(streams.stdout)
    this.errorStyle = styleFor(streams.stderr)
  }

  /** Columns of the terminal behind stdout, or 0 for a pipe or file. */
  get width(): number {
    return this.#streams.stdout.isTTY === true ? (this.#streams.stdout.columns ?? 80) : 0
  }

  /** Columns of the terminal behind stderr, or 0. */
  get errorWidth(): number {
    return this.#streams.stderr.isTTY === true ? (this.#streams.stderr.columns ?? 80) : 0
  }

  /** A result for people; nothing under --json. */
  print(text: string): void {
    if (!this.json) this.#streams.stdout.write(`${text}\n`)
  }

  /** The one document of --json; nothing otherwise. */
  document(value: unknown): void {
    if (this.json) this.#streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /** A result that is JSON with and without --json. */
  result(value: unknown): void {
    this.#streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  }

  /** One line of a result that is JSON lines with and without --json. */
  resultLine(value: unknown): void {
    this.#streams.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** One object of a stream of JSON lines; nothing without --json. */
  line(value: unknown): void {
    if (this.json) this.#streams.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** A remark, on stderr. */
  log(text: string): void {
    if (!this.quiet) this.#streams.stderr.write(`${text}\n`)
  }

  /** Something that must be read, on stderr even under --quiet. */
  warn(text: string): void {
    this.#streams.stderr.write(`${text}\n`)
  }
}

/** The flags that every command has, read straight from argv: errors are rendered before and after a command parses. */
export const outputOptions = (argv: readonly string[]): OutputOptions => {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return {
    json: own.includes('--json'),
    quiet: own.includes('--quiet') || own.includes('-q'),
    noColor: own.includes('--no-color'),
  }
}
