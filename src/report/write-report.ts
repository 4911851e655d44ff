/** A report's file, as a flag names it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SvcMockError } from '../core/errors.ts'

/** `flag`: `--junit`. `path`: relative to the working directory. Throws FLAG_INVALID. */
export const writeReport = (flag: string, path: string, text: string): void => {
  const file = resolve(path)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (cause) {
    const message = `${flag} ${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`
    throw new SvcMockError('FLAG_INVALID', message, {
      hint: 'name a file in a folder that you may write to',
      cause,
    })
  }
}
