/** Type declarations of the entry points: what tsc emits for each, with all that it names, and nothing else of ours. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { entryPoints } from '../src/entries/index.ts'

export interface TextFile {
  /** Absolute. */
  readonly path: string
  readonly contents: string
}

const specifier = /(from |import\()'(\.[^']*)\.ts'/g

/** Files for `dist/types`: `entries/<name>/index.d.ts`, and those that they name. */
export const declarations = async (root: string): Promise<readonly TextFile[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'svc-mock-types-'))
  try {
    await tsc(root, folder)
    const found = new Map<string, string>()
    const visit = async (file: string): Promise<void> => {
      if (found.has(file)) return
      const text = await readFile(file, 'utf8')
      found.set(file, text.replaceAll(specifier, "$1'$2.js'"))
      const named = [...text.matchAll(specifier)].map(([, , path]) => path!)
      await Promise.all(named.map((path) => visit(resolve(dirname(file), `${path}.d.ts`))))
    }
    await Promise.all(entryPoints.map(({ name }) => visit(join(folder, 'entries', name, 'index.d.ts'))))
    const emitted = [...found].map(([file, contents]) => ({
      path: join(root, 'dist/types', relative(folder, file)),
      contents,
    }))
    return [...emitted, ...(await written(root))]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Declarations of modules that only a bundler has, written by hand. */
const written = async (root: string): Promise<readonly TextFile[]> => {
  const file = 'entries/msw/client.d.ts'
  return [{ path: join(root, 'dist/types', file), contents: await readFile(join(root, 'src', file), 'utf8') }]
}

const tsc = async (root: string, outDir: string): Promise<void> => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const args = [compiler, '-p', 'tsconfig.types.json', '--outDir', outDir]
  await promisify(execFile)(process.execPath, args, { cwd: root }).catch(
    (error: { readonly stdout?: string }) => {
      throw new Error(`tsc failed:\n${error.stdout}`)
    },
  )
}
