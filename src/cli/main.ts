/** From argv to an exit code: runs the command through oclif, and turns whatever is thrown into words, or into the one document of --json. */
import { Config, type Interfaces, run } from '@oclif/core'
import { helpDocument } from './help-document.ts'
import { exitRequest, fromOclif, missingCommand, unknownCommand } from './oclif-error.ts'
import { Output, outputOptions } from './output.ts'
import { errorDocument, exitCodeOf, renderError } from './render-error.ts'

export interface Program {
  /** Without node and script. */
  readonly argv: readonly string[]
  /** Folder of package.json. */
  readonly root: string
  readonly pjson: Interfaces.PJSON
}

const explained = async (error: unknown, { argv, root, pjson }: Program): Promise<unknown> => {
  const missing = missingCommand(error)
  if (missing === undefined) return fromOclif(error, argv[0] ?? '')
  const { commandIDs } = await Config.load({ root, pjson })
  return unknownCommand(missing, commandIDs)
}

const report = (error: unknown, argv: readonly string[]): number => {
  const output = new Output(outputOptions(argv))
  if (output.json) output.line(errorDocument(error))
  else output.warn(renderError(error, output.errorStyle))
  return exitCodeOf(error)
}

export const main = async (program: Program): Promise<number> => {
  try {
    const help = await helpDocument(program)
    if (help !== undefined) {
      new Output(outputOptions(program.argv)).document(help)
      return 0
    }
    await run([...program.argv], { root: program.root, pjson: program.pjson })
    return Number(process.exitCode ?? 0)
  } catch (thrown) {
    const asked = exitRequest(thrown)
    if (asked !== undefined) return asked
    return report(await explained(thrown, program), program.argv)
  }
}

/** Waits until what was printed has left, but not for a reader that has stopped reading. */
export const drained = (stream: NodeJS.WriteStream, patienceMs = 500): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs)
    stream.write('', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** The whole life of the process: nothing after this runs. Exit listeners (the run file's, say) still do. */
export const start = async (program: Program): Promise<never> => {
  const crash = (error: unknown): never => process.exit(report(error, program.argv))
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  const code = await main(program)
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit(code)
}
