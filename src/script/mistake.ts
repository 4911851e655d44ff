/** A mistake at a place of a script's own text; whoever knows the texts turns it into a place of the user's files. */
export class ScriptMistake extends Error {
  readonly module: string
  readonly line: number
  readonly column: number
  readonly hint: string | undefined
  /** The specifier to point at, where the line is not known. */
  readonly specifier: string | undefined

  constructor(
    message: string,
    module: string,
    line: number,
    column: number,
    hint?: string,
    specifier?: string,
  ) {
    super(message)
    this.module = module
    this.line = line
    this.column = column
    this.hint = hint
    this.specifier = specifier
  }
}
