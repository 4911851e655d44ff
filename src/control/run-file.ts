/**
 * `.svc-mock/run/<pid>.json`: how other commands find a running proxy. Readable by its owner only, because it
 * holds the token; gone when the process ends, whatever ends it but SIGKILL.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RunFile {
  readonly pid: number
  /** Control address, `127.0.0.1:49152`. */
  readonly address: string
  readonly token: string
  /** The proxy's address. */
  readonly listen: string
  /** Own ports of services, `host:port`. */
  readonly ports: readonly string[]
  /** ISO 8601. */
  readonly startedAt: string
}

const runFolder = (root: string): string => join(root, '.svc-mock', 'run')

const fileOf = (root: string, pid: number): string => join(runFolder(root), `${pid}.json`)

export const removeRunFile = (root: string, pid: number): void => rmSync(fileOf(root, pid), { force: true })

/** Returns a function that removes it. */
export const writeRunFile = (root: string, content: RunFile): (() => void) => {
  mkdirSync(runFolder(root), { recursive: true, mode: 0o700 })
  const file = fileOf(root, content.pid)
  rmSync(file, { force: true }) // one of a dead process with our pid could have other rights
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  const remove = (): void => rmSync(file, { force: true })
  process.once('exit', remove)
  return () => {
    process.off('exit', remove)
    remove()
  }
}

const isRunFile = (value: unknown): value is RunFile => {
  if (typeof value !== 'object' || value === null) return false
  const { pid, address, token, listen, ports, startedAt } = value as Record<string, unknown>
  const texts = [address, token, listen, startedAt].every((text) => typeof text === 'string')
  return typeof pid === 'number' && Array.isArray(ports) && texts
}

const readOne = (file: string): RunFile | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isRunFile(value) ? value : undefined
  } catch {
    return undefined // gone meanwhile, or cut off by a crash: as good as none
  }
}

/** All that can be read, whether or not their processes live. */
export const readRunFiles = (root: string): readonly RunFile[] => {
  let names: string[]
  try {
    names = readdirSync(runFolder(root))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => readOne(join(runFolder(root), name)) ?? [])
}
